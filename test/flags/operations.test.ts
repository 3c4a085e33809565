import { describe, expect, test } from 'vitest';
import { ACCESS, asksForNone } from '../../src/flags/access.ts';
import { smallestGrant } from '../../src/flags/operations.ts';
import type { Requirement } from '../../src/permissions/requirements.ts';
import { Failure } from '../../src/text/errors.ts';
import { plain } from '../../src/text/text.ts';

function read(flags: Readonly<Record<string, readonly string[]>>) {
  return ACCESS.read(new Map(Object.entries(flags)), { warn: () => {} });
}

function refused(read: () => unknown): { code: string; message: string; hint: string } {
  try {
    read();
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return {
      code: failure.code,
      message: plain(failure.text),
      hint: failure.hint ? plain(failure.hint) : '',
    };
  }
  throw new Error('nothing was refused');
}

describe('--for', () => {
  test('is granted as if --access had named its choice, each grant once', () => {
    const asked = read({
      '--access': ['shop=read_branch', 'read_databases'],
      '--for': [
        'shop=branch list',
        'shop=create_branch',
        'shop=branch create',
        'blog=create_branch',
        'list_invoices',
      ],
    });
    expect(asked.changes).toEqual([
      { database: 'shop', access: ['read_branch', 'create_branch'] },
      { database: '', access: ['read_databases', 'read_invoices'] },
      { database: 'blog', access: ['create_branch'] },
    ]);
    expect(asksForNone(asked)).toBe(false);
    expect(asked.expansions).toEqual([]);
  });

  test('says what it chose and what else would do, each note once', () => {
    const { notes } = read({
      '--for': ['shop=create_branch', 'shop=create_branch', 'shop=list_branch_queries', 'shop=get_database'],
    });
    expect(notes.map(plain)).toEqual([
      '--for shop=create_branch: granting create_branch on database shop; restore_backup, restore_production_branch_backup would also do.',
      '--for shop=list_branch_queries: granting read_database on database shop; read_databases on the organization would also do.',
      '--for shop=get_database: granting read_database on database shop; write_database, delete_database, read_branch and 24 more would also do.',
    ]);
    expect(read({ '--for': ['list_invoices'] }).notes.map(plain)).toEqual([
      '--for list_invoices: granting read_invoices on the organization; no other permission would do.',
    ]);
  });

  test('is nothing where it is not given', () => {
    expect(read({})).toMatchObject({ changes: [], onEveryDatabase: [], notes: [] });
  });

  test.each([
    ['create_branch', /is done on a database, and --for names none/, /--for <database>=create_branch/],
    ['=create_branch', /names no database/, /shell variable is empty/],
    ['shop=', /names no operation/, /shell variable is empty/],
    ['', /names no operation/, /shell variable is empty/],
    ['*=create_branch', /does not name one database/, /--for <database>=create_branch/],
    ['sh*=create_branch', /does not name one database/, /--for <database>=create_branch/],
    ['shop:eu=create_branch', /does not name one database/, /--for <database>=create_branch/],
    ['..=create_branch', /cannot be a database name/, /./],
    ['sh op=create_branch', /contains white space/, /./],
    ['shop=list_invoices', /done on the organization, not on a database/, /--for list_invoices/],
    ['shop=make coffee', /no operation matches make coffee/, /./],
    ['shop=branch', /operations match branch/, /Use one of/],
    ['shop=GET …/databases/blog/branches', /two databases: shop and blog/, /--for shop=list_branches/],
    ['list_databases', /only database permissions allow it/, /--access <database>=read_database/],
    [
      'list_service_token_grants',
      /does not publish what/,
      /Likely: read_service_tokens.*--access read_service_tokens/,
    ],
  ])('%j is refused', (value, message, hint) => {
    const failure = refused(() => read({ '--for': [value] }));
    expect(failure).toEqual({
      code: 'INVALID_USAGE',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  test.each([
    'shop=GET …/databases/shop/branches',
    'shop=GET .../databases/{database}/branches',
    'shop=get …/branches',
  ])('%j names its database once', (value) => {
    expect(read({ '--for': [value] }).changes).toEqual([{ database: 'shop', access: ['read_branch'] }]);
  });

  test('a secret in its place is not shown', () => {
    const secret = `pscale_tkn_${'a'.repeat(43)}`;
    const { message, hint } = refused(() => read({ '--for': [`shop=${secret}`] }));
    expect(message).toBe('the operation contains the secret of a token');
    expect(hint).not.toContain(secret);
  });

  test('never grants on the organization what was asked for on a database', () => {
    const requirement: Requirement = {
      operation: 'DELETE /organizations/{organization}/databases/{database}',
      operationId: 'delete_database',
      anyOf: ['delete_databases'],
      published: true,
    };
    const failure = refused(() =>
      smallestGrant('shop=delete_database', { database: 'shop', requirement }, (name) => `--access ${name}`),
    );
    expect(failure).toEqual({
      code: 'INVALID_USAGE',
      message:
        'delete_database needs a permission on the whole organization, which is more than --for shop=delete_database asks for',
      hint: 'If that is what you want, use --access delete_databases.',
    });
  });
});
