// Plays PlanetScale's "Service tokens" page: makes a token, uses it, changes what it may do, removes it.
// Each command line is printed as one would type it, with what it really prints. Run by `npm run demo`,
// which starts an emulator of the API around it, so that no account is needed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const executable = fileURLToPath(new URL('../bin/pscale-service-token.cjs', import.meta.url));
const administrator = { ...process.env };

const created = play('create --name ci-deploy');
const [, id] = /ID +(\S+)/.exec(created) ?? [];
const [, secret] = /TOKEN +(\S+)/.exec(created) ?? [];
if (!id || !secret) throw new Error('create printed no token');

say('It may do nothing yet. Let it see and make branches of one database:');
play(`add-access ${id} read_branch create_branch --database shop`);

say('Use it, from the environment as a CI job would:');
const token = { PLANETSCALE_SERVICE_TOKEN_ID: id, PLANETSCALE_SERVICE_TOKEN: secret };
for (const [name, value] of Object.entries(token)) console.log(`$ export ${name}=${value}`);
const withToken = { ...administrator, ...token };
play('branch create shop feature-1', { env: withToken });

say('or with flags:');
play(`branch create shop feature-2 --service-token-id ${id} --service-token ${secret}`);

say('What does it hold? Take one access away again:');
play(`show-access ${id}`);
play(`delete-access ${id} create_branch --database shop`);

say('From now on it is refused:');
play('branch create shop feature-3', { env: withToken, status: 2 });

say('A token that is accepted from two networks only; then from one:');
play('create --name office --cidrs 127.0.0.0/8,203.0.113.7');
play('update name:office --cidrs 127.0.0.0/8');
play('list --restricted --columns name,cidrs');

say('Another one like it, and one that replaces it; the old one works for another day:');
play('duplicate name:office');
play('rotate name:office --delete-old-after 24h');
play('list --restricted --columns name,expires-at');

say('What it may do, as a file that is reviewed; one more permission there, and exactly that is applied:');
const folder = mkdtempSync(join(tmpdir(), 'pscale-service-token-demo-'));
const exported = play('access export --name ci-*');
writeFileSync(
  join(folder, 'service-tokens.yml'),
  exported.replace('[read_branch]', '[create_branch, read_branch]'),
);
play('access plan service-tokens.yml', { cwd: folder });
play('access apply service-tokens.yml --force', { cwd: folder });
rmSync(folder, { recursive: true });

say('Delete the token, and it is not let in at all:');
play(`delete ${id}`);
play('branch list shop', { env: withToken, status: 1 });

function play(line, { env = administrator, status = 0, cwd } = {}) {
  console.log(`$ pscale-service-token ${line}`);
  const result = spawnSync(process.execPath, [executable, ...line.split(' ')], {
    env,
    cwd,
    encoding: 'utf8',
  });
  process.stdout.write(result.stdout + result.stderr);
  if (result.status !== 0) console.log(`(exit status ${result.status})`);
  console.log();
  if (result.status !== status) throw new Error(`expected exit status ${status}`);
  return result.stdout;
}

function say(words) {
  console.log(`# ${words}`);
}
