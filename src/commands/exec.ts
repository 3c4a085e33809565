import type { CreatedServiceToken } from '../api/schemas.ts';
import { childVariables } from '../children/environment.ts';
import { command } from '../cli/command.ts';
import { argumentList, flagsTogether, switchFlag, valueFlag } from '../cli/declaration.ts';
import type { Context } from '../context.ts';
import { making } from '../delivery/making.ts';
import { ACCESS, asksForNone } from '../flags/access.ts';
import { type Expiry, expiryFlags, secondsUntil } from '../flags/expiry.ts';
import { CIDRS } from '../flags/networks.ts';
import { variableNames } from '../flags/variable-names.ts';
import { PROGRAM } from '../text/command-line.ts';
import { Failure } from '../text/errors.ts';
import { type Text, text } from '../text/text.ts';
import type { KeepAlivePlan } from '../tokens/keep-alive.ts';
import { accessToGrant } from '../tokens/settled-access.ts';
import { deletion } from '../tokens/take-back.ts';
import { parseDuration } from '../values/duration.ts';
import { tokenVariables } from '../values/token-variables.ts';

/** Seconds that a token lives if nothing deletes it, not even this program. */
const HOUR = 3_600;

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Milliseconds for which the token is kept alive at most; undefined where it is not. */
const KEEP_ALIVE = flagsTogether(
  {
    isOn: switchFlag(
      '--keep-alive',
      'Extend the token as long as the command runs; needs a --ttl of 1m or more',
    ),
    longest: valueFlag(
      '--keep-alive-max <duration>',
      'Extend it for this long at most; 24h by default',
      parseLongest,
    ),
  },
  ({ isOn, longest }): number | undefined => {
    if (isOn) return longest ?? DAY;
    if (longest === undefined) return undefined;
    throw new Failure('INVALID_USAGE', text`--keep-alive-max needs --keep-alive`);
  },
);

export const exec = command({
  name: 'exec',
  alsoChanges: 'creates a token for the command, and deletes it again',
  description:
    "Run a command with a temporary service token, which is created for it, set in its environment, and deleted when it ends, however it ends. Exits with the command's status; 125 if no token could be created, 126 or 127 if the command cannot be run.",
  manner: 'wrapper',
  usage: '[options] -- <command...>',
  arguments: {
    words: argumentList('command', 'The command and its arguments', 'at least one', commandToRun, 'command'),
  },
  flags: {
    access: ACCESS,
    expiry: expiryFlags('an hour by default'),
    longest: KEEP_ALIVE,
    cidrs: CIDRS,
    names: variableNames(),
  },
  examples: [
    [
      'exec --access shop=read_branch,create_branch -- ./deploy.sh',
      'A token that exists while it runs',
      'runs a command of yours',
    ],
    [
      'exec --access shop=read_branch --ttl 15m --keep-alive -- ./deploy.sh',
      'However long it takes; void within 15 minutes if this machine dies',
      'runs a command of yours',
    ],
  ],
  run: async ({ words, access: asked, expiry, longest, cidrs, names }, context) => {
    if (asksForNone(asked)) {
      throw new Failure('INVALID_USAGE', text`exec needs --access or --for`, {
        hint: text`Such as --access shop=read_branch, or --for 'shop=branch list'.`,
      });
    }
    const { ttl = await secondsLeft(expiry, context) } = expiry ?? { ttl: HOUR };
    if (ttl === undefined) {
      throw new Failure('INVALID_USAGE', text`exec does not create tokens that never expire`, {
        hint: text`Use a --ttl that the command surely ends in: it bounds the harm if the token cannot be deleted.`,
      });
    }
    const keepAlive = longest === undefined ? undefined : keepAlivePlan(ttl, longest);
    const organization = await context.organization();
    const access = await accessToGrant(asked, organization, context);
    const settings = await context.settings();
    const { runWithToken } = await import('../tokens/run-with-token.ts');
    const { status, failure, leftBehind } = await runWithToken(
      { name: nameFor(words), ttl, cidrs, access },
      {
        words,
        environment: (token) => ({
          ...context.environment,
          variables: {
            ...childVariables(organization.name, settings, context.environment),
            ...Object.fromEntries(tokenVariables(token, names)),
          },
        }),
        sharesTerminal: context.io.hasTerminal,
        keepAlive,
        onStart: () => context.progress.stop(),
      },
      organization,
      making(organization, context),
    );
    if (leftBehind) context.warn(notDeleted(leftBehind, organization.name));
    return { notes: [], end: { kind: 'relayed', status, failure } };
  },
});

/** Seconds up to the moment that the token is to end at; undefined where none is given. */
async function secondsLeft({ at }: Expiry = {}, context: Context): Promise<number | undefined> {
  return at === undefined ? undefined : secondsUntil(at, await (await context.organization()).now());
}

/** Milliseconds of `--keep-alive-max`. @throws Failure INVALID_USAGE */
function parseLongest(value: string): number {
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined && milliseconds >= MINUTE) return milliseconds;
  throw new Failure(
    'INVALID_USAGE',
    text`invalid --keep-alive-max ${JSON.stringify(value)}: use a duration of at least 1m, such as 6h`,
  );
}

/** @param ttl seconds @param longest milliseconds */
function keepAlivePlan(ttl: number, longest: number): KeepAlivePlan {
  if (ttl * 1_000 < MINUTE) {
    throw new Failure('INVALID_USAGE', text`--keep-alive needs a --ttl of at least 1m`, {
      hint: text`A shorter lifetime could end before the token is extended.`,
    });
  }
  if (ttl * 1_000 > longest) {
    throw new Failure('INVALID_USAGE', text`--ttl is longer than --keep-alive-max`, {
      hint: text`A token with that lifetime does not need to be kept alive.`,
    });
  }
  return { ttl, longest };
}

/** @throws Failure INVALID_USAGE */
function commandToRun(words: readonly string[]): readonly string[] {
  if (words[0] !== '') return words;
  throw new Failure('INVALID_USAGE', text`the command to run is empty`, {
    hint: text`Perhaps a shell variable is empty.`,
  });
}

function notDeleted({ id, expires_at }: CreatedServiceToken, organization: string): Text {
  const end = expires_at === null ? text`it may never expire` : text`it works until ${expires_at}`;
  return text`service token ${id} may still exist; ${end}. Delete it with: ${deletion(organization, id)}`;
}

/** Long enough to tell what it was for, short enough for a list. */
const LONGEST_COMMAND = 60;

/** A name that says what the token was made for, and by which `prune` finds it. */
function nameFor(words: readonly string[]): string {
  // Arguments may hold secrets; the command's own name does not.
  const [command = ''] = words;
  const name = command
    .replace(/^.*[/\\]/, '')
    .replace(/\p{Cc}/gu, '')
    .slice(0, LONGEST_COMMAND);
  return `${PROGRAM} exec ${name}`;
}
