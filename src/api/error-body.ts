import * as z from 'zod/mini';
import { type Text, text } from '../text.ts';

/** The error bodies seen from the API: the usual one, OAuth's, and the one for parameters. */
const usualBody = z.object({ message: z.string().check(z.minLength(1)) });
const oauthBody = z.object({ error: z.string(), error_description: z.string() });
const parameterBody = z.object({
  errors: z
    .array(z.object({ namespace: z._default(z.string(), ''), name: z.string(), errors: z.array(z.string()) }))
    .check(z.minLength(1)),
});

/** What the API's answer says went wrong, in one message. */
export function messageOf(status: number, body: string): Text {
  const json = parsed(body);
  const usual = usualBody.safeParse(json);
  if (usual.success) return text`${usual.data.message}`;
  const oauth = oauthBody.safeParse(json);
  if (oauth.success) return text`${oauth.data.error_description}`;
  const parameters = parameterBody.safeParse(json);
  if (parameters.success) {
    const each = parameters.data.errors.map(({ namespace, name, errors }) => {
      const parameter = namespace === '' ? name : `${namespace}.${name}`;
      return `${parameter}: ${errors.join(', ')}`;
    });
    return text`${each.join('; ')}`;
  }
  const excerpt = body.replace(/\s+/g, ' ').trim().slice(0, 300);
  if (excerpt === '') return text`the PlanetScale API answered ${status} without saying why`;
  return text`the PlanetScale API answered ${status} with something it does not usually send: ${excerpt}`;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
