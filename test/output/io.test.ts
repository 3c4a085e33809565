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

describe('writeAll past a stream', () => {
  function file(capacity: number, atOnce: number) {
    const taken: Buffer[] = [];
    const writeSome = (bytes: Uint8Array): number => {
      const room = Math.min(capacity - Buffer.concat(taken).length, atOnce, bytes.length);
      if (room === 0) throw Object.assign(new Error('full'), { code: 'EFBIG' });
      taken.push(Buffer.from(bytes.subarray(0, room)));
      return room;
    };
    return {
      output: { ...output(new PassThrough()), writeSome },
      content: () => Buffer.concat(taken).toString(),
    };
  }

  test('is done when every byte has been taken, in however many parts', async () => {
    const { output: part, content } = file(1_000, 3);
    await writeAll(part, 'ein längerer Text €');
    expect(content()).toBe('ein längerer Text €');
  });

  test('rejects where it takes only a part', async () => {
    const { output: short } = file(4, 1_000);
    await expect(writeAll(short, 'a longer text')).rejects.toMatchObject({ code: 'EFBIG' });
  });

  test('rejects where it takes nothing and does not say why', async () => {
    const silent = { ...output(new PassThrough()), writeSome: () => 0 };
    await expect(writeAll(silent, 'x')).rejects.toThrow('it took only 0 of 1 bytes');
  });
});
