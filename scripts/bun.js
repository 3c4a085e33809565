// The runtime of the standalone executables: bun, at one version, from npm, each package checked against
// the sum written here. It is large, so `npm ci` does not bring it: it is fetched when it is first needed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '1.4.5';
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, 'node_modules', '.cache', `bun-${VERSION}`);

/** Every platform there is an executable for: bun's name of it, and the sum of bun's package. */
export const TARGETS = {
  'linux-x64': {
    bun: 'linux-x64',
    integrity:
      'sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==',
  },
  'linux-arm64': {
    bun: 'linux-aarch64',
    integrity:
      'sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==',
  },
  'linux-x64-musl': {
    bun: 'linux-x64-musl',
    integrity:
      'sha512-10QoW/YfTgnURaGEaHpJCiXjLI2e5iTtfVDaA5JKcyUzaa1cq6cVUY9/Uq5XkYzvtRjHLRe9Oj/lTDIQcxy8HQ==',
  },
  'linux-arm64-musl': {
    bun: 'linux-aarch64-musl',
    integrity:
      'sha512-XCNc+WvvMAdNNb+OWTogpy+N9wm62fkVeEVLb6how0RZhW5LPi6c7BlkeVCuWps7XjEl2saFpHFa20/1E+PAHg==',
  },
  'darwin-x64': {
    bun: 'darwin-x64',
    integrity:
      'sha512-qkLPMGHZM9NI6CeHTWwVezzmlo6cC4Ta7yUAjYIWXS366qQcOlcp75t2uZyiuVRBMPS0h9qE0tCcvCHGaFqjJg==',
  },
  'darwin-arm64': {
    bun: 'darwin-aarch64',
    integrity:
      'sha512-4MIFXHmctH2EhAxLXm2/qxNtv17dFtLJylvaOCsrgq6KSqHTs6eW5YSrJjRbJxYUJaR901fsN8JfZOa+CsWpWQ==',
  },
  'windows-x64': {
    bun: 'windows-x64',
    integrity:
      'sha512-FNvply651vcE/GHgNWz6mZvhmkwBuu8Hw54oNzA+CQog+HW+542rXQmZqNHRkFxazD9L3xi+iTtvO3engAgJfw==',
  },
};

/** The target that this machine runs. */
export function localTarget() {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  // Only glibc tells its version here.
  const isMusl = system === 'linux' && !process.report.getReport().header.glibcVersionRuntime;
  return `${system}-${process.arch}${isMusl ? '-musl' : ''}`;
}

/** Where the executable for a target is built. */
export function executableOf(target) {
  const suffix = target.startsWith('windows') ? '.exe' : '';
  return join(root, 'dist', 'standalone', `pscale-service-token-${target}${suffix}`);
}

/** The path of bun for a target, fetched from npm where it is not here yet. */
export function bunFor(target) {
  const { bun, integrity } = TARGETS[target];
  const name = target.startsWith('windows') ? 'bun.exe' : 'bun';
  const executable = join(cache, target, name);
  if (existsSync(executable)) return executable;
  const folder = join(cache, `${target}.part`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = join(folder, packed(`@oven/bun-${bun}@${VERSION}`, folder));
  const sum = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (sum !== integrity) throw new Error(`${archive} has the sum ${sum}, not ${integrity}`);
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  mkdirSync(dirname(executable), { recursive: true });
  renameSync(join(folder, 'package', 'bin', name), executable);
  chmodSync(executable, 0o755);
  rmSync(folder, { recursive: true });
  return executable;
}

/** Downloads a package and answers the name of its file. */
function packed(specifier, folder) {
  // npm is a script on Windows, which only a shell starts.
  const options = { encoding: 'utf8', shell: process.platform === 'win32' };
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', specifier, '--json', '--pack-destination', folder], options),
  );
  return filename;
}
