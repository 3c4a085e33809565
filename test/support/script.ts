import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { EDITIONS, type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { type CliResult, createHome, runCli } from './cli.ts';

/**
 * Plays an acceptance script: a session at a shell, in plain text, against the real executable and an
 * emulator of its own.
 *
 *     # a comment
 *     @seed { "tokens": [] }                 what the emulator starts with, in one line of JSON
 *     @edition 2026-08                       what the emulator can do
 *     @ignores PATCH ttl                     what it takes and does not do
 *     @env PLANETSCALE_DATABASE=shop         for the commands from here on; no value unsets it
 *     @file .pscale.yml database: shop       a file in the home directory, in one line (\n for a line break)
 *     @stdin one\ntwo\n                        what the next command reads, in one line
 *     @fault 429 {"retry-after": "0"}        how the next request is answered; also drop
 *     @fault drop after 1                    how the one behind the next is
 *     $ pscale-service-token list            a command line; words may be quoted, $NAME is put in
 *     what it prints on stdout
 *     ! what it prints on stderr
 *     [2]                                    its exit status, where it is not 0
 *     @requests GET /v1/organizations …      what it asked the API for, in order, `-` for nothing
 *
 * In expected lines `<id>`, `<secret>`, `<ms>`, `<ago>` and `<any>` stand for what differs from run to
 * run; `<id=NAME>` keeps it as $NAME for the lines below.
 */
export async function playScript(script: string): Promise<void> {
  const steps = parseScript(script);
  const home = createHome();
  const emulator = await startEmulator(steps.options);
  const session: Session = {
    emulator,
    variables: {},
    env: {
      PLANETSCALE_API_URL: emulator.url,
      PLANETSCALE_ORG: emulator.organization,
      PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
      ADMIN_ID: emulator.administrator.serviceTokenId,
      ADMIN_SECRET: emulator.administrator.serviceToken,
    },
  };
  try {
    for (const step of steps.steps) {
      if (step.kind === 'directive') applyDirective(step, session, home.path);
      else {
        const { stdin } = session;
        session.stdin = undefined;
        await playCommand(step, session, (args, env) =>
          runCli(args, { home, env, ...(stdin !== undefined && { stdin }) }),
        );
      }
    }
  } finally {
    await emulator.close();
    home.remove();
  }
}

interface Session {
  readonly emulator: Emulator;
  /** What placeholders have kept. */
  readonly variables: Record<string, string>;
  readonly env: Record<string, string>;
  /** For the next command. */
  stdin?: string | undefined;
}

interface Directive {
  readonly kind: 'directive';
  readonly name: string;
  readonly value: string;
}

interface Command {
  readonly kind: 'command';
  readonly line: string;
  readonly stdout: string[];
  readonly stderr: string[];
  readonly requests: string[];
  status: number;
}

function parseScript(script: string): { options: EmulatorOptions; steps: (Directive | Command)[] } {
  let options: EmulatorOptions = {};
  const steps: (Directive | Command)[] = [];
  for (const line of script.split('\n')) {
    const last = steps.at(-1);
    const command = last?.kind === 'command' ? last : undefined;
    const directive = /^@(\w+) (.*)$/.exec(line);
    if (line.startsWith('$ ')) {
      steps.push({ kind: 'command', line: line.slice(2), stdout: [], stderr: [], requests: [], status: 0 });
    } else if (directive) {
      const [, name = '', value = ''] = directive;
      if (name === 'seed') options = { ...options, seed: JSON.parse(value) };
      else if (name === 'edition') options = { ...options, edition: oneOf(EDITIONS, value) };
      else if (name === 'ignores') options = { ...options, ignores: [oneOf(IGNORED, value)] };
      else if (name === 'requests') command?.requests.push(value);
      else steps.push({ kind: 'directive', name, value });
    } else if (line.startsWith('! ')) command?.stderr.push(line.slice(2));
    else if (/^\[\d+\]$/.test(line)) {
      if (command) command.status = Number(line.slice(1, -1));
    } else if (!line.startsWith('#')) command?.stdout.push(line);
  }
  return { options, steps };
}

const IGNORED = ['POST ttl', 'POST cidrs', 'PATCH name', 'PATCH ttl', 'PATCH cidrs'] as const;

function oneOf<Word extends string>(words: readonly Word[], value: string): Word {
  const word = words.find((one) => one === value);
  if (word === undefined) throw new Error(`${value} is none of ${words.join(', ')}`);
  return word;
}

function applyDirective({ name, value }: Directive, session: Session, home: string): void {
  switch (name) {
    case 'env': {
      const [, variable = '', content = ''] = /^(\w+)=?(.*)$/.exec(value) ?? [];
      session.env[variable] = expanded(content, session);
      return;
    }
    case 'file': {
      const [, path = '', content = ''] = /^(\S+) (.*)$/.exec(value) ?? [];
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), `${content.replaceAll('\\n', '\n')}\n`, { mode: 0o600 });
      return;
    }
    case 'stdin':
      session.stdin = expanded(value, session).replaceAll('\\n', '\n');
      return;
    case 'fault': {
      const [, answer = '', after = '0', headers] = /^(\w+)(?: after (\d+))?(?: (\{.*))?$/.exec(value) ?? [];
      session.emulator.inject({
        answer: answer === 'drop' ? 'drop' : Number(answer),
        count: 1,
        after: Number(after),
        ...(headers && { headers: JSON.parse(headers) }),
      });
      return;
    }
    default:
      throw new Error(`no such directive: @${name}`);
  }
}

async function playCommand(
  command: Command,
  session: Session,
  run: (args: string[], env: Record<string, string>) => Promise<CliResult>,
): Promise<void> {
  const before = session.emulator.requests.length;
  // As in a shell, a variable that is not set is empty.
  const [, ...args] = words(expanded(command.line, session, () => ''));
  const result = await run(args, session.env);
  const where = `$ ${command.line}`;
  expectLines(result.stderr, command.stderr, `${where} (stderr)`, session);
  expectLines(result.stdout, withoutTrailingBlank(command.stdout), where, session);
  expect(result.status, where).toBe(command.status);
  if (command.requests.length === 0) return;
  const requests = session.emulator.requests.slice(before).map(({ method, url }) => `${method} ${url}`);
  const expected = command.requests.filter((line) => line !== '-').map((line) => expanded(line, session));
  expect(requests, `${where} (requests)`).toEqual(expected);
}

/** A blank line before the next command belongs to the script, not to the output. */
function withoutTrailingBlank(lines: readonly string[]): string[] {
  const end = lines.findLastIndex((line) => line !== '');
  return lines.slice(0, end + 1);
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  id: '[a-z0-9]{12}',
  secret: 'pscale_tkn_[\\w-]+',
  ms: '\\d{13}',
  ago: '(?:now|(?:expired )?.+? ago|in .+?)(?: \\(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d (?:UTC|[+-]\\d\\d:\\d\\d)\\))?',
  time: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,3})?Z',
  any: '.*',
};

function expectLines(output: string, expected: readonly string[], where: string, session: Session): void {
  const names: string[] = [];
  const source = expected.map((line) => `${linePattern(line, names, session)}\n`).join('');
  const match = new RegExp(`^${source}$`).exec(output);
  // The comparison of texts only words the failure; the pattern decides.
  if (!match) expect(output, where).toBe(`${expected.map((line) => `${line}\n`).join('')}`);
  names.forEach((name, index) => {
    session.variables[name] = match?.[index + 1] ?? '';
  });
}

function linePattern(line: string, names: string[], session: Session): string {
  return line
    .split(/(<\w+(?:=\w+)?>)/)
    .map((part) => {
      const placeholder = /^<(\w+)(?:=(\w+))?>$/.exec(part);
      const pattern = PLACEHOLDERS[placeholder?.[1] ?? ''];
      if (pattern === undefined) return expanded(part, session).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      const name = placeholder?.[2];
      if (name === undefined) return pattern;
      names.push(name);
      return `(${pattern})`;
    })
    .join('');
}

function expanded(text: string, session: Session, unset = (whole: string) => whole): string {
  const { variables, env } = session;
  return text.replace(/\$(\w+)/g, (whole, name: string) => variables[name] ?? env[name] ?? unset(whole));
}

/** Words of a command line as a POSIX shell splits them, quotes taken off; escapes as in $'…'. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word
      .replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? '')
      .replace(/\\e/g, '\u001b')
      .replace(/\\n/g, '\n'),
  );
}
