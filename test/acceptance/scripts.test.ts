import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import { playScript } from '../support/script.ts';

const folder = new URL('scripts/', import.meta.url);

describe('acceptance scripts on the real executable', () => {
  test.each(readdirSync(folder))('%s', async (file) => {
    await playScript(readFileSync(new URL(file, folder), 'utf8'));
  });
});
