import * as z from 'zod/mini';
import { excerpt } from '../text/excerpt.ts';
import { type Text, text } from '../text/text.ts';

/** The error bodies seen from the API: the usual one, OAuth's, and the one for parameters. */
const usualBody = z.object({ message: z.string().check(z.minLength(1)) });
const oauthBody = z.object({ error: z.string(), error_description: z.string() });
const parameterBody = z.object({
  errors: z
    .array(z.object({ namespace: z._default(z.string(), ''), name: z.string(), errors: z.array(z.string()) }))
    .check(z.minLength(1)),
});

/** Whether a body is JSON. */
export function isJson(body: string): boolean {
  return parsed(body) !== undefined;
}

/**
 * Whether somebody else answered in the API's place, a firewall or a login page of the network: the API's
 * own 403 and 404 are JSON or empty.
 *
 * @param body undefined where there was one that could not be read
 */
export function isForeign(status: number, body: string | undefined): boolean {
  if (status !== 403 && status !== 404) return false;
  return body === undefined || (body.trim() !== '' && !isJson(body));
}

/**
 * What the API's answer says went wrong, in one message.
 *
 * @param body undefined where there was one that could not be read
 */
export function messageOf(status: number, body: string | undefined): Text {
  const shown = body === undefined ? '(unreadable)' : excerpt(body);
  if (isForeign(status, body)) {
    return text`the answer did not come from the PlanetScale API: status ${status}, ${shown}`;
  }
  if (body === undefined) {
    return text`the PlanetScale API answered ${status}, and the rest of its answer could not be read`;
  }
  const json = parsed(body);
  const usual = usualBody.safeParse(json);
  if (usual.success) return text`${excerpt(usual.data.message)}`;
  const oauth = oauthBody.safeParse(json);
  if (oauth.success) return text`${excerpt(oauth.data.error_description)}`;
  const parameters = parameterBody.safeParse(json);
  if (parameters.success) {
    const each = parameters.data.errors.map(({ namespace, name, errors }) => {
      const parameter = namespace === '' ? name : `${namespace}.${name}`;
      return `${parameter}: ${errors.join(', ')}`;
    });
    return text`${excerpt(each.join('; '))}`;
  }
  if (shown === '') return text`the PlanetScale API answered ${status} without saying why`;
  return text`the PlanetScale API answered ${status} with something it does not usually send: ${shown}`;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
