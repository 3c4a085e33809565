import type { Client } from './api/client.ts';
import type { Organization } from './api/organization.ts';
import { checkName } from './api/path.ts';
import type { Rehearsal } from './api/rehearsal.ts';
import type { Exchange } from './api/transport.ts';
import type { ProcessFacts } from './files/lock-file.ts';
import type { Io } from './output/io.ts';
import type { Progress } from './output/progress.ts';
import type { Result } from './output/result.ts';
import type { Style } from './output/styled.ts';
import type { Prompter } from './prompts/prompter.ts';
import type { Credentials } from './settings/credentials.ts';
import type { Candidates } from './settings/load.ts';
import type { Settings } from './settings/resolve.ts';
import type { GlobalFlags } from './settings/variables.ts';
import { Failure } from './text/errors.ts';
import { type Text, text } from './text/text.ts';
import type { ApiTime } from './values/api-time.ts';
import type { Clock } from './values/clock.ts';
import { type Environment, isPlain } from './values/environment.ts';
import type { Interruption } from './values/interruption.ts';
import type { TokenPair } from './values/sink.ts';
import type { Resolved } from './values/source.ts';

/** What an invocation gets from outside; `main` takes it from the process, tests bring their own. */
export interface Host {
  readonly io: Io;
  readonly environment: Environment;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly interruption: Interruption;
  readonly self: ProcessFacts;
  /**
   * Never resolves. Rejects with what nothing in the run has handled: an exception, a rejected promise, or
   * {@link Stalled}. The run then ends as a defect.
   */
  readonly defect: Promise<never>;
}

/** A token that this run creates, until its secret is delivered or the token is gone. */
export interface PendingToken {
  readonly organization: string;
  /** Undefined until the API has answered: whether there is a token is not known then. */
  readonly id: string | undefined;
}

/** What a command tells its user by, beside the result it answers. */
export interface Voice {
  readonly progress: Progress;
  /** Writes a warning to stderr. */
  readonly warn: (warning: Text) => void;
  /** Writes a note to stderr before anything is changed: what has been decided, in a rehearsal as well. */
  readonly note: (note: Text) => void;
  /** Writes a line to stderr that is no warning: what another command says. */
  readonly tell: (line: Text) => void;
  /** Prints a result before the command is done, for one that goes on running. */
  readonly print: (result: Result, notes?: readonly Text[]) => Promise<void>;
  /** Prints text for a machine before the command is done. */
  readonly printText: (text: string) => Promise<void>;
  /** Tells a CI system on stderr to hide a secret in its log; the only way by which one gets there. */
  readonly maskInLog: (secret: string) => Promise<void>;
  /** The text without the secrets known so far: for a message from outside that becomes part of a result. */
  readonly redacted: (text: string) => string;
  /** The same for lines of another command, those kept back in which a secret may have begun. */
  readonly redactedLines: (lines: AsyncIterable<readonly string[]>) => AsyncIterable<readonly string[]>;
  /** Told of secrets as soon as they are known, so that no message can hold them. */
  readonly keepSecret: (secrets: readonly string[]) => void;
  /** Shows a result on stderr as people read it, whatever the format: what a question is about. */
  readonly show: (result: Result) => Promise<void>;
  /** Keeps in mind which token would be left behind if the run ended here; undefined for none. */
  readonly pending: (token: PendingToken | undefined) => void;
}

/** The credentials in force, and what was said about the file that they came from. */
export interface ChosenCredentials {
  readonly credentials: Credentials;
  readonly warnings: readonly Text[];
}

/**
 * What a command works with. Costly members are functions, resolved on first use: help needs no
 * configuration, and `permissions` no credentials.
 */
export interface Context extends Host, Voice {
  readonly flags: GlobalFlags;
  /** The command line asks for the format that only this command has; any other setting is as if for people. */
  readonly isOwnFormat: boolean;
  /** Nothing is to change, neither by the API nor on this machine: what would be sent is shown in the end. */
  readonly isRehearsal: boolean;
  /** As answers have told it; to decide by it, use {@link Organization.now}. */
  readonly time: ApiTime;
  /** Needs: configuration files. */
  readonly settings: () => Promise<Settings>;
  /** Needs: configuration files. What every setting is set to, checked or not. @throws Failure INVALID_CONFIG */
  readonly candidates: () => Promise<Candidates>;
  /** Its name, fit for a path. Needs: settings. @throws Failure NO_ORG, INVALID_USAGE */
  readonly organizationName: () => Promise<string>;
  /**
   * The organization is this one, whatever the settings say: a file names it. Before any of the members below is
   * used.
   */
  readonly adoptOrganization: (organization: Resolved<string>) => void;
  /** Needs: settings. What requests authenticate with; asks the keychain at most once. @throws Failure NO_AUTH */
  readonly credentials: () => Promise<ChosenCredentials>;
  /** Needs: settings, credentials; loads the HTTP client. @throws Failure NO_ORG, NO_AUTH */
  readonly organization: () => Promise<Organization>;
  /** The same organization for a token that was made just now. Needs: settings. */
  readonly organizationAs: (pair: TokenPair) => Promise<Organization>;
  /** For what is not about one organization. Needs: settings, credentials; loads the HTTP client. */
  readonly client: () => Promise<Client>;
  /** Frees the connections of every client; the run calls it when the command is done. */
  readonly close: () => void;
  /** Needs: a terminal. Takes progress off the screen. @throws Failure TTY_REQUIRED */
  readonly prompter: () => Promise<Prompter>;
}

/** What only the composition root can give: how notes are written, and progress drawn. */
export interface Surroundings extends Voice {
  readonly time: ApiTime;
  readonly trace: (exchange: Exchange) => void;
  /** Reads the settings of this run. @throws Failure INVALID_CONFIG, INVALID_USAGE */
  readonly loadSettings: (flags: GlobalFlags) => Promise<Settings>;
  /** What every setting is set to. @throws Failure INVALID_CONFIG, INVALID_USAGE */
  readonly loadCandidates: (flags: GlobalFlags) => Promise<Candidates>;
  /** Told of the settings once they are resolved. */
  readonly loaded: (settings: Settings) => void;
  /** Keeps what would change something, instead of sending it. */
  readonly rehearsal?: Rehearsal | undefined;
  /** How stderr is written to. */
  readonly style: Style;
  readonly isOwnFormat?: boolean;
}

export function createContext(host: Host, flags: GlobalFlags, surroundings: Surroundings): Context {
  const {
    time,
    trace,
    loadSettings,
    loadCandidates,
    loaded,
    style,
    rehearsal,
    isOwnFormat = false,
    ...spoken
  } = surroundings;
  const voice = rehearsal ? { ...spoken, ...SILENCE } : spoken;
  const { keepSecret } = voice;
  const resolvedSettings = once(async () => {
    const resolved = await loadSettings(flags);
    loaded(resolved);
    for (const warning of resolved.warnings) voice.warn(warning);
    return resolved;
  });
  let adopted: Resolved<string> | undefined;
  const settings = async (): Promise<Settings> => {
    const resolved = await resolvedSettings();
    return adopted ? { ...resolved, organization: adopted } : resolved;
  };
  const connection = {
    environment: host.environment,
    clock: host.clock,
    time,
    random: host.random,
    signal: host.interruption.signal,
    observe: trace,
    warn: voice.warn,
    keepSecret,
    rehearsal,
  };
  const credentials = once(async () => {
    const { candidates } = await settings();
    const { chooseCredentials, secretsOf } = await import('./settings/credentials.ts');
    const warnings: Text[] = [];
    const warn = (warning: Text): void => {
      warnings.push(warning);
      voice.warn(warning);
    };
    const { signal } = host.interruption;
    const chosen = await chooseCredentials(candidates, host.environment, { warn, signal });
    keepSecret(secretsOf(chosen));
    return { credentials: chosen, warnings };
  });
  const clients: Client[] = [];
  const opened = (client: Client): Client => {
    clients.push(client);
    return client;
  };
  const client = once(async () => {
    const { connectAs, ignoredVariables } = await import('./api/connect.ts');
    for (const warning of ignoredVariables(host.environment)) voice.warn(warning);
    return opened(await connectAs((await credentials()).credentials, await settings(), connection));
  });
  const prompter = once(async () => {
    const { io, environment, interruption } = host;
    if (isPlain(environment)) {
      const { createPlainPrompter } = await import('./prompts/plain-prompter.ts');
      return createPlainPrompter(io, style, interruption.signal);
    }
    const { createPrompter } = await import('./prompts/prompter.ts');
    return createPrompter(io, style, interruption.signal);
  });
  const organizationName = async (): Promise<string> => {
    const { organization } = await settings();
    if (organization) return checkName(organization.value, 'organization name');
    throw new Failure('NO_ORG', text`no organization given`, {
      hint: text`Use --org or PLANETSCALE_ORG, or put "org: <name>" into .pscale.yml or ~/.config/planetscale/pscale.yml.`,
    });
  };
  const bound = async (makeClient: () => Promise<Client>): Promise<Organization> => {
    const name = await organizationName();
    const { organizationOf } = await import('./api/connect.ts');
    return organizationOf(await makeClient(), name);
  };
  return {
    ...host,
    ...(rehearsal && { clock: { ...host.clock, sleep: () => Promise.resolve() } }),
    isRehearsal: rehearsal !== undefined,
    isOwnFormat,
    time,
    flags,
    ...voice,
    settings,
    adoptOrganization: (organization) => {
      adopted = organization;
    },
    candidates: () => loadCandidates(flags),
    credentials,
    client,
    organizationName,
    organization: once(() => bound(client)),
    organizationAs: ({ id, token }) =>
      bound(async () => {
        const { connectAs } = await import('./api/connect.ts');
        const made = (value: string): Resolved<string> => ({ value, source: { kind: 'created' } });
        const pair = { kind: 'service-token', id: made(id), secret: made(token) } as const;
        return opened(
          await connectAs(pair, await settings(), { ...connection, newIn: await organizationName() }),
        );
      }),
    close: () => {
      for (const client of clients) client.close();
    },
    prompter: () => {
      // A question and a spinner would draw over each other.
      voice.progress.stop();
      return rehearsal ? Promise.resolve(ASKS_NOTHING) : prompter();
    },
  };
}

/** What a command prints of its own accord tells of what it has done. */
const SILENCE = {
  tell: () => {},
  print: () => Promise.resolve(),
  printText: () => Promise.resolve(),
  maskInLog: () => Promise.resolve(),
  show: () => Promise.resolve(),
  pending: () => {},
};

/** Whoever rehearses is not asked whether to go ahead; what has to be chosen has to be said. */
const ASKS_NOTHING: Prompter = {
  confirm: () => Promise.resolve(true),
  retype: () => Promise.resolve(true),
  ask: () => Promise.reject(nothingAsked()),
  askSecret: () => Promise.reject(nothingAsked()),
  choose: () => Promise.reject(nothingAsked()),
  check: () => Promise.reject(nothingAsked()),
};

function nothingAsked(): Failure {
  return new Failure('INVALID_USAGE', text`--dry-run asks nothing, and something is left out`, {
    hint: text`Name the token, and everything else, on the command line.`,
  });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
