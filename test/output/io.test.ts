import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { type OutputStream, wantsColour, writeAll } from '../../src/output/io.ts';

function output(stream: Writable, isTerminal = false, canColour = isTerminal): OutputStream {
  return { stream, isTerminal, canColour, width: 80 };
}

describe('wantsColour', () => {
  test.each([
    // terminal, can colour, refused, forced -> colour
    [true, true, false, undefined, true],
    [true, false, false, undefined, false],
    [false, false, false, undefined, false],
    [false, true, false, undefined, false],
    [true, true, true, undefined, false],
    [true, true, true, true, false],
    [false, false, true, true, false],
    [false, false, false, true, true],
    [true, false, false, true, true],
    [true, true, false, false, false],
  ])(
    'terminal %s, able %s, refused %s, forced %s: %s',
    (isTerminal, canColour, refused, forced, expected) => {
      expect(wantsColour(output(new PassThrough(), isTerminal, canColour), { refused, forced })).toBe(
        expected,
      );
    },
  );
});

describe('writeAll', () => {
  test('is done when all has been taken', async () => {
    const taken: string[] = [];
    const stream = new Writable({
      write(chunk, _, done) {
        taken.push(String(chunk));
        setImmediate(done);
      },
    });
    await writeAll(output(stream), 'a long answer');
    expect(taken.join('')).toBe('a long answer');
  });

  test("rejects with the stream's error", async () => {
    const stream = new Writable({
      write(_, __, done) {
        done(Object.assign(new Error('broken'), { code: 'EPIPE' }));
      },
    });
    stream.on('error', () => {});
    await expect(writeAll(output(stream), 'x')).rejects.toMatchObject({ code: 'EPIPE' });
  });

  test('rejects where the stream is gone already', async () => {
    const stream = new PassThrough();
    stream.on('error', () => {});
    stream.destroy();
    await expect(writeAll(output(stream), 'x')).rejects.toThrow();
  });
});
