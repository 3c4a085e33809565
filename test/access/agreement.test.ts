import { describe, expect, test } from 'vitest';
import { runInMemory } from '../support/host.ts';
import { inWorld } from './world.ts';

const OLD = '2026-04-01T00:00:00Z';
const TOKENS = [
  { id: 'tokyes000001', name: 'a', created_at: OLD, access: [{ access: ['read_service_tokens'] }] },
  {
    id: 'tokdata00001',
    name: 'b',
    created_at: OLD,
    access: [{ database: 'shop', access: ['read_database', 'create_deploy_request', 'create_branch'] }],
  },
  { id: 'toknone00001', name: 'c', created_at: OLD },
];

describe('what a token can do', () => {
  test.each([
    ['GET /organizations/{organization}/databases'],
    ['shop=create_branch'],
    ['shop=deploy queue'],
    ['list_service_tokens'],
  ])('%s: list --for names those that explain does not deny, and marks what is not certain', (operation) =>
    inWorld(TOKENS, async (world) => {
      const list = await runInMemory(['list', '--for', operation, '--format', 'json'], world.options);
      const rows: { id: string }[] = JSON.parse(list.stdout || '[]');
      const human = await runInMemory(['list', '--for', operation], world.options);
      for (const { id } of TOKENS) {
        const explained = await runInMemory(
          ['access', 'explain', id, operation, '--format', 'json'],
          world.options,
        );
        const { answer } = JSON.parse(explained.stdout);
        expect(
          rows.some((row) => row.id === id),
          `${id} ${answer}`,
        ).toBe(answer !== 'no');
        if (answer === 'perhaps' || answer === 'not_published') {
          expect(human.stdout + human.stderr).toContain('possible');
        }
      }
    }),
  );

  test('is not granted by a similar operation where nothing is published', () =>
    inWorld([], async (world) => {
      const ran = await runInMemory(['create', 'ci', '--for', 'shop=deploy queue'], world.options);
      expect(ran).toMatchObject({ status: 1, stdout: '' });
      expect(ran.stderr).toContain('PlanetScale does not publish what get_deploy_queue needs');
      expect(ran.stderr).not.toContain('create_deploy_request');
      expect(world.changesSent()).toEqual([]);
    }));
});
