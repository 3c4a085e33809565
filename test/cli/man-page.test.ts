import { expect, test } from 'vitest';
import { manPage } from '../../src/cli/man-page.ts';
import { COMMANDS } from '../../src/commands/all.ts';
import { leavesOf } from '../support/tree.ts';

/** The requests of man(7) that the page is made of; a line that began so by accident would be obeyed. */
const REQUESTS = /^\.(TH|SH|SS|TP|B|I|nf|fi)( |$)/;

test('has a section for every command that help shows, and for the rest', async () => {
  const page = await manPage(COMMANDS);
  const hidden = ['__complete', 'version', 'help'];
  const commands = (await leavesOf(COMMANDS))
    .map(({ path }) => path)
    .filter((path) => !hidden.includes(path));
  const titles = [...page.matchAll(/^\.SS "(.*)"$/gm)].map(([, title = '']) => title.replaceAll('\\-', '-'));
  expect(titles.toSorted()).toEqual(commands.toSorted());
  for (const section of ['NAME', 'SYNOPSIS', 'OPTIONS', 'ENVIRONMENT', 'EXIT STATUS', 'FILES']) {
    expect(page).toContain(`\n.SH ${section}\n`);
  }
  expect(page).toContain('PLANETSCALE_SERVICE_TOKEN_ID');
  expect(page).toContain('\\-\\-dry\\-run');
});

test('obeys nothing but its own requests, and every escape is one that roff knows', async () => {
  const page = await manPage(COMMANDS);
  const lines = page.split('\n');
  for (const line of lines.filter((one) => /^[.']/.test(one))) expect(line).toMatch(REQUESTS);
  // -, e(scape), &, em, dq, u2026.
  expect(page.replaceAll(/\\(?:[-e&]|\(dq|\[em\]|\[u2026\])/g, '')).not.toContain('\\');
  expect(page.match(/^\.nf$/gm)?.length).toBe(page.match(/^\.fi$/gm)?.length);
  for (const line of lines) expect(line.replaceAll('\\-', '-').length, line).toBeLessThan(200);
});
