import { describe, expect, test } from 'vitest';
import { renderCsv } from '../../src/output/csv.ts';
import { renderHuman } from '../../src/output/human.ts';
import { createStyle } from '../../src/output/style.ts';
import { plain, text } from '../../src/text/text.ts';
import { localTime } from '../../src/values/time.ts';
import {
  createdToken,
  issuedTokenView,
  labelOf,
  newTokenView,
  type TokenRow,
  tokenDetail,
  tokenList,
} from '../../src/views/tokens.ts';

const NOW = Date.parse('2026-05-22T10:00:01Z');

const TOKEN: TokenRow = {
  id: 'k3j9x0q2m7ab',
  type: 'ServiceToken',
  name: 'ci-deploy',
  created_at: '2026-05-01T10:00:00.120Z',
  last_used_at: '2026-05-22T09:00:00.000Z',
  expires_at: null,
};
const UNNAMED: TokenRow = { ...TOKEN, id: 'a1b2c3d4e5f6', name: null, last_used_at: null };

describe('tokenList', () => {
  test('has the keys of the official CLI in its order, times as Go writes them, and no secret', () => {
    expect(JSON.stringify(tokenList([TOKEN]).data)).toBe(
      JSON.stringify([
        {
          id: 'k3j9x0q2m7ab',
          type: 'ServiceToken',
          token: '',
          name: 'ci-deploy',
          created_at: '2026-05-01T10:00:00.12Z',
          last_used_at: '2026-05-22T09:00:00Z',
          expires_at: null,
        },
      ]),
    );
  });

  test('keeps null for a token without a name, and an empty type where the API gives none', () => {
    const { type: _, ...untyped } = UNNAMED;
    expect(tokenList([untyped]).data).toEqual([expect.objectContaining({ name: null, type: '' })]);
  });

  test('never passes a secret on, even if the API sent one', () => {
    const leaky = { ...TOKEN, token: 'pscale_tkn_secret', plain_text_refresh_token: 'pscale_tkn_other' };
    const result = tokenList([leaky]);
    expect(JSON.stringify(result)).not.toContain('pscale_tkn_');
  });

  test('has the columns of the official CLI in CSV', () => {
    expect(renderCsv(tokenList([TOKEN, UNNAMED]).table)).toBe(
      'ID,Name,LastUsedAt,ExpiresAt,CreatedAt\n' +
        'k3j9x0q2m7ab,ci-deploy,1779440400000,0,1777629600120\n' +
        'a1b2c3d4e5f6,,0,0,1777629600120\n',
    );
  });

  test('says "never" for what did not happen and will not', () => {
    expect(renderHuman(tokenList([UNNAMED]), createStyle(false), NOW)).toBe(
      '  ID             NAME   LAST USED AT   EXPIRES AT   CREATED AT\n' +
        '  a1b2c3d4e5f6          never          never        21 days ago\n',
    );
  });

  test('says that there are none', () => {
    expect(tokenList([]).data).toEqual([]);
    expect(renderHuman(tokenList([]), createStyle(false), NOW)).toBe(
      'No service tokens have been created yet.\n',
    );
  });
});

describe('createdToken', () => {
  const around = { before: text`Made.`, after: text`Store it now.` };
  const created = createdToken({ ...TOKEN, token: 'pscale_tkn_secret' }, around);

  test('shows the secret in every format', () => {
    expect(created.data).toMatchObject({ id: 'k3j9x0q2m7ab', token: 'pscale_tkn_secret' });
    expect(renderCsv(created.table)).toBe(
      'ID,Name,Token,ExpiresAt,CreatedAt\nk3j9x0q2m7ab,ci-deploy,pscale_tkn_secret,0,1777629600120\n',
    );
    const shown = renderHuman(created, createStyle(false), NOW);
    expect(shown).toContain('TOKEN        pscale_tkn_secret\n');
    expect(shown.startsWith('Made.\n')).toBe(true);
    expect(shown.endsWith('Store it now.\n')).toBe(true);
  });
});

describe('tokenDetail', () => {
  const detail = tokenDetail({
    ...TOKEN,
    actor_id: 'u5d2w8p1c4ef',
    actor_display_name: 'Robin',
    actor_type: 'User',
    grants: [
      { resource_name: 'shop', resource_type: 'Database', accesses: ['read_branch', 'create_branch'] },
      { resource_name: 'acme', resource_type: 'Organization', accesses: ['read_databases'] },
    ],
  });

  test('says who made the token and what it holds, without a key for the secret', () => {
    expect(detail.data).toEqual({
      id: 'k3j9x0q2m7ab',
      type: 'ServiceToken',
      name: 'ci-deploy',
      created_at: '2026-05-01T10:00:00.12Z',
      last_used_at: '2026-05-22T09:00:00Z',
      expires_at: null,
      actor: { id: 'u5d2w8p1c4ef', display_name: 'Robin', type: 'User' },
      accesses: [
        { resource_name: 'shop', resource_type: 'Database', accesses: ['read_branch', 'create_branch'] },
        { resource_name: 'acme', resource_type: 'Organization', accesses: ['read_databases'] },
      ],
    });
  });

  test('is one line for each thing known, for people', () => {
    expect(renderHuman(detail, createStyle(false), NOW)).toBe(
      [
        '  ID             k3j9x0q2m7ab',
        '  NAME           ci-deploy',
        '  CREATED BY     Robin',
        `  CREATED AT     21 days ago (${localTime(Date.parse('2026-05-01T10:00:00.12Z'))})`,
        `  LAST USED AT   1 hour ago (${localTime(Date.parse('2026-05-22T09:00:00Z'))})`,
        '  EXPIRES AT     never',
        '  ACCESSES       shop: read_branch create_branch, acme: read_databases',
        '',
      ].join('\n'),
    );
  });

  test('says "none" where a token holds nothing', () => {
    const nobody = { actor_id: null, actor_display_name: null, actor_type: null, grants: [] };
    expect(renderHuman(tokenDetail({ ...TOKEN, ...nobody }), createStyle(false), NOW)).toContain(
      '  ACCESSES       none\n',
    );
  });
});

test('the sentence for an empty list is ours, so nothing in it is highlighted', () => {
  const { human } = tokenList([]);
  expect(human.kind === 'table' && plain(human.whenEmpty)).toMatch(/^No service tokens/);
});

describe('a new token', () => {
  const token = { ...TOKEN, token: 'pscale_tkn_secret', expires_at: '2026-06-01T10:00:00.000Z' };
  const held = [
    { id: 'a1', access: 'connect_production_branch', resource: { type: 'Database', name: 'shop' } },
  ];

  test('whose secret is shown comes with the word to save it, when it expires, and advice behind that', () => {
    const view = newTokenView(token, undefined, { before: text`Made.`, advice: [text`Next.`] });
    expect(view.data).toMatchObject({ token: 'pscale_tkn_secret' });
    expect(view.human.kind === 'record' && plain(view.human.after ?? text``)).toBe(
      'The token cannot be displayed again: save it now.\nIt expires at 2026-06-01T10:00:00Z.\nNext.',
    );
  });

  test('whose secret went to a place shows it in no format, and names the place', () => {
    const view = newTokenView({ ...token, expires_at: null }, text`Saved the ID and secret to .env`, {
      before: text`Made.`,
    });
    for (const shown of [JSON.stringify(view), renderHuman(view, createStyle(false), NOW)])
      expect(shown).not.toContain('pscale_tkn_');
    expect(view.human.kind === 'record' && plain(view.human.after ?? text``)).toBe(
      'Saved the ID and secret to .env. The secret was not displayed.',
    );
  });

  test('that holds something says what, and what to know of that beside it', () => {
    const { result, notes } = issuedTokenView({ token, held }, undefined, text`Made.`);
    expect(result.data).toMatchObject({
      accesses: [
        { resource_name: 'shop', resource_type: 'Database', accesses: ['connect_production_branch'] },
      ],
    });
    expect(notes.map(plain)).toEqual([expect.stringMatching(/^Note: connect_production_/)]);
    expect(issuedTokenView({ token, held: [] }, undefined, text`Made.`).notes).toEqual([]);
  });

  test('is called by its name, or by its id where it has none', () => {
    expect(plain(labelOf(token))).toBe('ci-deploy');
    expect(plain(labelOf({ ...token, name: null }))).toBe('k3j9x0q2m7ab');
  });
});
