import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import {
  type ColourLevel,
  chosenLevel,
  levelOfDepth,
  type OutputStream,
  writeAll,
} from '../../src/output/io.ts';

function output(stream: Writable, isTerminal = false, colourLevel: ColourLevel = 0): OutputStream {
  return { stream, isTerminal, colourLevel, width: 80 };
}

describe('chosenLevel', () => {
  test.each<[boolean, ColourLevel, boolean, boolean | undefined, ColourLevel]>([
    // terminal, its level, refused, forced -> level
    [true, 1, false, undefined, 1],
    [true, 3, false, undefined, 3],
    [true, 0, false, undefined, 0],
    [false, 0, false, undefined, 0],
    [false, 2, false, undefined, 0],
    [true, 2, true, undefined, 0],
    [true, 2, true, true, 0],
    [false, 0, true, true, 0],
    [false, 0, false, true, 1],
    [true, 0, false, true, 1],
    [true, 2, false, true, 2],
    [true, 2, false, false, 0],
  ])('terminal %s, able %s, refused %s, forced %s: %s', (isTerminal, level, refused, forced, expected) => {
    expect(chosenLevel(output(new PassThrough(), isTerminal, level), { refused, forced })).toBe(expected);
  });
});

test.each([
  [1, 0],
  [4, 1],
  [8, 2],
  [24, 3],
])('%i bits a colour are level %i', (bits, level) => {
  expect(levelOfDepth(bits)).toBe(level);
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
