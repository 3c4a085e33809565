import { command } from '../src/cli/command.ts';
import { shownAlready } from '../src/cli/outcome.ts';
import type { Context } from '../src/context.ts';
import { openGithubFile } from '../src/delivery/github-file.ts';
import { making } from '../src/delivery/making.ts';
import { ACCESS } from '../src/flags/access.ts';
import { expiryFlags } from '../src/flags/expiry.ts';
import { CIDRS } from '../src/flags/networks.ts';
import { Failure } from '../src/text/errors.ts';
import { text } from '../src/text/text.ts';
import { type IssuedToken, type IssueEvent, issueToken } from '../src/tokens/issue-token.ts';
import { accessToGrant } from '../src/tokens/settled-access.ts';
import type { Environment } from '../src/values/environment.ts';
import { productionAdvice } from '../src/views/grants.ts';
import { EXPORTED_ID, type Inputs } from './inputs.ts';
import { addTo, mask, summarize, type Variables } from './runner.ts';
import { leave } from './state.ts';
import { summaryOf } from './summary.ts';

const OUTPUTS = { id: 'service-token-id', secret: 'service-token' };

/** Creates the job's token, as `create` does, and hands it to the steps behind this one. */
export function createToken({ name, isExported, variables }: Inputs, env: Variables) {
  return command({
    name: 'create',
    description: 'Create a service token for this job.',
    flags: { access: ACCESS, expiry: expiryFlags('an hour by default'), cidrs: CIDRS },
    changes: true,
    examples: [],
    run: async ({ access, expiry, cidrs }, context) => {
      const ttl = expiry?.ttl;
      if (ttl === undefined) {
        throw new Failure('INVALID_USAGE', text`the input ttl is 0: a job gets no token that never expires`, {
          hint: text`Use one that the job surely ends in: it bounds the harm if the token cannot be deleted.`,
        });
      }
      const organization = await context.organization();
      const granted = await accessToGrant(access, organization, context);
      const handOver = await openFiles(isExported, env, context);
      // From here on a token may come to be: whatever ends this, the second half of the action finds it.
      leave('variables', JSON.stringify(variables), env);
      leave('name', name, env);
      const work = making(organization, context);
      // What the second half cannot be told of is taken back: an event has no way to say so.
      let lost: unknown;
      const onEvent = (event: IssueEvent): void => {
        work.onEvent(event);
        if (event.step !== 'created') return;
        try {
          leave('id', event.tokenId, env);
          leave('expiresAt', event.expiresAt ?? '', env);
        } catch (error) {
          lost = error;
        }
      };
      const deliver = (issued: IssuedToken): Promise<undefined> => {
        if (lost !== undefined) throw lost;
        return handOver(issued);
      };
      const plan = { name, ttl, cidrs, access: granted };
      const issued = await issueToken(plan, organization, { ...work, onEvent }, { deliver });
      summarize(summaryOf(issued, organization.name), env);
      const { id, expires_at } = issued.token;
      return shownAlready(issued.unconfirmed, [
        ...productionAdvice(issued.held.map(({ access: permission }) => permission)),
        text`Service token ${id} was created in organization ${organization.name}. It works until ${expires_at ?? 'the job ends'}, and is deleted at the end of the job.`,
      ]);
    },
  });
}

/** The files of the step, found to be there before there is a token. @throws Failure INVALID_USAGE */
async function openFiles(
  isExported: boolean,
  variables: Variables,
  { environment: { platform, workingDirectory, home } }: Context,
): Promise<(issued: IssuedToken) => Promise<undefined>> {
  const environment: Environment = { variables, platform, workingDirectory, home };
  const masked = (secret: string): Promise<void> => Promise.resolve(mask(secret));
  const outputs = await openGithubFile('output', environment, masked, OUTPUTS);
  const exported = isExported ? await openGithubFile('env', environment, masked) : undefined;
  return async ({ token }) => {
    await outputs.deliver(token);
    addTo('GITHUB_OUTPUT', 'expires-at', token.expires_at ?? '', variables);
    await exported?.deliver(token);
    if (exported) addTo('GITHUB_ENV', EXPORTED_ID, token.id, variables);
    return undefined;
  };
}
