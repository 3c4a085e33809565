import type { Organization } from '../api/organization.ts';
import type { CreatedServiceToken } from '../api/schemas.ts';
import { CannotRun, runChild } from '../children/run-child.ts';
import type { Environment } from '../values/environment.ts';
import { type IssueWork, issueToken, type TokenPlan } from './issue-token.ts';
import { firstTtl, type KeepAlivePlan, keepAlive } from './keep-alive.ts';
import { takeBack } from './take-back.ts';

export interface CommandWithToken {
  readonly words: readonly string[];
  /** With the token in it. */
  readonly environment: (token: CreatedServiceToken) => Environment;
  /** Whether a Ctrl-C at the terminal reaches the command by itself. */
  readonly sharesTerminal: boolean;
  /** Keeps the token alive while the command runs. */
  readonly keepAlive?: KeepAlivePlan | undefined;
  /** Called when the token is there and the command is about to start. */
  readonly onStart: () => void;
}

export interface EndOfCommand {
  /** As a shell reports it: 127 and 126 for a command that could not be started. */
  readonly status: number;
  /** Why it could not be started. */
  readonly failure?: CannotRun;
  /** The token, if it may still exist. */
  readonly leftBehind?: CreatedServiceToken;
}

/**
 * Runs a command with a token of its own, which is deleted when the command ends, however it ends.
 *
 * @throws Failure if no token could be made, or a signal came before the command was started; the token is
 *   deleted then as well
 */
export async function runWithToken(
  plan: TokenPlan,
  { words, environment, sharesTerminal, keepAlive: kept, onStart }: CommandWithToken,
  organization: Organization,
  work: IssueWork,
): Promise<EndOfCommand> {
  let status = 0;
  let failure: CannotRun | undefined;
  const ttl = kept ? firstTtl(kept) : plan.ttl;
  const { token } = await issueToken({ ...plan, ttl }, organization, work, {
    // Only a command that was never started leaves the token to be taken back like any unfinished one.
    deliver: async ({ token }) => {
      const alive = kept && (await keepAlive(token, kept, organization, work));
      onStart();
      try {
        status = await runChild({
          words,
          environment: environment(token),
          interruption: work.interruption,
          sharesTerminal,
        });
      } catch (error) {
        if (!(error instanceof CannotRun)) throw error;
        failure = error;
        status = error.shellStatus;
      } finally {
        await alive?.stop();
      }
      return undefined;
    },
    needsGrants: true,
  });
  // Signals were the command's: they do not keep its token from being deleted.
  const never = new AbortController().signal;
  work.onEvent({ step: 'created', tokenId: token.id, expiresAt: token.expires_at });
  const gone = await takeBack(organization, token.id, work.clock, never);
  work.onEvent({ step: 'settled' });
  return { status, ...(failure && { failure }), ...(!gone && { leftBehind: token }) };
}
