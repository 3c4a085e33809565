import { Failure, Interrupted } from '../errors.ts';
import type { Io } from '../output/io.ts';
import { type Style, styled } from '../output/styled.ts';
import { type Text, text } from '../text.ts';

/** What arrows, function keys and the marks around a paste send. */
const SEQUENCES = /\u001b(?:\[[\d;?]*[ -/]*[@-~]|O[A-Za-z])/g;

/**
 * A secret that is typed or pasted: nothing of it, not even its length, comes to stand on the screen.
 *
 * @param signal ends the question with its reason
 * @throws Failure TTY_REQUIRED, CANCELLED on Escape and at the end of the input; Interrupted on Ctrl-C
 */
export async function askHidden(
  { stdin, stderr, interactive }: Io,
  question: Text,
  style: Style,
  signal: AbortSignal,
): Promise<string> {
  if (!interactive || !canHide(stdin)) {
    throw new Failure('TTY_REQUIRED', text`a secret can only be typed at a terminal`);
  }
  signal.throwIfAborted();
  stderr.stream.write(`${styled(question, style)} `);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  let typed = '';
  try {
    return await new Promise<string>((resolve, reject) => {
      const onData = (chunk: string): void => {
        const heard = chunk === '\u001b' ? { typed, end: 'cancelled' as const } : afterKeys(typed, chunk);
        typed = heard.typed;
        if (heard.end === 'accepted') end(() => resolve(typed));
        else if (heard.end === 'cancelled') end(() => reject(nothingGiven()));
        else if (heard.end === 'interrupted') end(() => reject(new Interrupted('SIGINT')));
      };
      const onEnd = (): void => end(() => reject(nothingGiven()));
      const onAbort = (): void => end(() => reject(signal.reason));
      const end = (settle: () => void): void => {
        stdin.off('data', onData).off('end', onEnd);
        signal.removeEventListener('abort', onAbort);
        settle();
      };
      stdin.on('data', onData).on('end', onEnd);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.stream.write('\n');
  }
}

interface Heard {
  readonly typed: string;
  readonly end?: 'accepted' | 'cancelled' | 'interrupted';
}

const ENDS: Readonly<Record<string, Heard['end']>> = {
  '\r': 'accepted',
  '\n': 'accepted',
  '\u0003': 'interrupted',
  '\u0004': 'cancelled',
};

/** What is typed after some more keys, up to the first one that ends it. */
function afterKeys(before: string, keys: string): Heard {
  let typed = before;
  for (const key of keys.replace(SEQUENCES, '')) {
    const end = ENDS[key];
    if (end) return { typed, end };
    if (key === '\u007f' || key === '\b') typed = [...typed].slice(0, -1).join('');
    else if (key === '\u0015') typed = '';
    else if (!/\p{Cc}/u.test(key)) typed += key;
  }
  return { typed };
}

/** A terminal, which can be told to show nothing of what is typed. */
type Hiding = NodeJS.ReadableStream & { setRawMode(isRaw: boolean): unknown };

function canHide(stdin: NodeJS.ReadableStream): stdin is Hiding {
  return 'setRawMode' in stdin && typeof stdin.setRawMode === 'function';
}

function nothingGiven(): Failure {
  return new Failure('CANCELLED', text`nothing was changed`);
}
