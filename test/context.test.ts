import { describe, expect, test } from 'vitest';
import { createContext } from '../src/context.ts';
import { silentProgress } from '../src/output/progress.ts';
import { createStyle } from '../src/output/style.ts';
import { untoldTime } from './support/fake-clock.ts';
import { createHost, failureOf, loadSettings, told } from './support/host.ts';

describe('the name of the organization', () => {
  function organization(variables: Record<string, string>, org?: string): Promise<string> {
    const host = createHost({ variables });
    const context = createContext(host, org === undefined ? {} : { org }, {
      time: untoldTime(),
      warn: () => {},
      note: () => {},
      tell: () => {},
      trace: () => {},
      keepSecret: () => {},
      loadSettings: (given) => loadSettings(given, host.environment),
      loadCandidates: () => Promise.resolve(() => []),
      progress: silentProgress,
      loaded: () => {},
      style: createStyle(false),
      print: () => Promise.resolve(),
      printText: () => Promise.resolve(),
      maskInLog: () => Promise.resolve(),
      show: () => Promise.resolve(),
      redacted: (text) => text,
      redactedLines: (output) => output,
      pending: () => {},
    });
    return context.organizationName();
  }

  test('is that of the organization in force', async () => {
    expect(await organization({ PLANETSCALE_ORG: 'acme' })).toBe('acme');
    expect(await organization({ PLANETSCALE_ORG: 'acme' }, 'other')).toBe('other');
  });

  test('is NO_ORG where there is none, and names every way to say it', async () => {
    const failure = await failureOf(() => organization({}));
    expect(failure.code).toBe('NO_ORG');
    for (const way of ['--org', 'PLANETSCALE_ORG', '.pscale.yml']) expect(told(failure)).toContain(way);
  });

  test.each(['..', 'a/b', 'acme\n', 'a b'])('refuses %j before any request', async (name) => {
    const failure = await failureOf(() => organization({ PLANETSCALE_ORG: name }));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toContain('organization name');
  });
});
