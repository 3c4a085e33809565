import { createHome, finished, startCli } from './cli.ts';

/** The credentials with which the executable meets faults; no output may hold the secret. */
export const CALLER_SECRET = 'pscale_oauth_EXAMPLEofTheMatrix';

export interface Judged {
  /** Null where it had to be killed: it was still there after the time that it may take. */
  readonly status: number | null;
  /** Of the JSON envelope on stdout; undefined where there is none. */
  readonly code: string | undefined;
  /** Whether it says that a token may have been created. */
  readonly claimsToken: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface JudgedOptions {
  readonly url: string;
  readonly env?: Readonly<Record<string, string>>;
  /** For each try, as `--timeout` takes it. */
  readonly timeout: string;
  /** Milliseconds after which the process has to be gone. */
  readonly limit: number;
}

/** Runs the executable under test with JSON output, and kills it where it does not end in time. */
export async function judge(words: readonly string[], options: JudgedOptions): Promise<Judged> {
  const home = createHome();
  const flags = ['--org', 'acme', '--format', 'json', '--timeout', options.timeout, '--insecure'];
  const child = startCli([...words, ...flags], {
    home,
    env: { PLANETSCALE_API_URL: options.url, PLANETSCALE_API_TOKEN: CALLER_SECRET, ...options.env },
  });
  child.stdin?.end();
  const guard = setTimeout(() => child.kill('SIGKILL'), options.limit);
  try {
    const { status, stdout, stderr } = await finished(child);
    return {
      status,
      code: codeOf(stdout),
      claimsToken: /a token may have been created/i.test(stdout + stderr),
      stdout,
      stderr,
    };
  } finally {
    clearTimeout(guard);
    home.remove();
  }
}

function codeOf(stdout: string): string | undefined {
  if (stdout.trim() === '') return undefined;
  const output: unknown = JSON.parse(stdout);
  if (typeof output !== 'object' || output === null || !('issues' in output)) return undefined;
  const issues: unknown = output.issues;
  if (!Array.isArray(issues)) return undefined;
  const [issue]: unknown[] = issues;
  return typeof issue === 'object' && issue !== null && 'code' in issue ? String(issue.code) : undefined;
}
