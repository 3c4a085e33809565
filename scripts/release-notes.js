// Prints what CHANGELOG.md says about one version, for its release. Run in the root of the project:
//   node scripts/release-notes.js v1.2.3
// Ends with 1 where the version is not the one of package.json, or where there is nothing to say about it.
import { readFileSync } from 'node:fs';

/** A heading like `## [1.2.3] - 2026-01-31`; Keep a Changelog allows the version without brackets too. */
const VERSION_HEADING = /^## +\[?([^\]\s]+)\]?/;

const [tag, ...rest] = process.argv.slice(2);
if (tag === undefined || rest.length > 0) {
  fail('Usage: node scripts/release-notes.js <tag>, such as v1.2.3');
} else {
  const version = tag.replace(/^v/, '');
  const { version: packageVersion } = JSON.parse(readFileSync('package.json', 'utf8'));
  const notes = section(readFileSync('CHANGELOG.md', 'utf8'), version);
  if (version !== packageVersion) {
    fail(
      `Tag ${tag} does not match package.json, whose version is ${packageVersion}. ` +
        `Set it with: npm version --no-git-tag-version ${version}`,
    );
  } else if (notes === undefined) {
    fail(
      `CHANGELOG.md has no section for ${version}. ` +
        `Put "## [${version}] - <date>" under "## [Unreleased]", above what changed.`,
    );
  } else if (notes.every((line) => line === '' || line.startsWith('#'))) {
    fail(`The section for ${version} in CHANGELOG.md is empty. Write what changed.`);
  } else {
    console.log(unwrap(notes).join('\n').trim());
  }
}

/** The lines between the heading of a version and what follows: another version, or link definitions. */
function section(changelog, version) {
  const lines = changelog.split(/\r?\n/);
  const start = lines.findIndex((line) => VERSION_HEADING.exec(line)?.[1] === version);
  if (start === -1) return undefined;
  const body = lines.slice(start + 1);
  const end = body.findIndex((line) => /^## |^\[[^\]]+\]: /.test(line));
  return end === -1 ? body : body.slice(0, end);
}

/** One line for each paragraph and list item: a release on GitHub shows every line break. */
function unwrap(lines) {
  const unwrapped = [];
  let fenced = false;
  for (const line of lines) {
    const fence = /^\s*```/.test(line);
    const starts = line === '' || fence || fenced || /^\s*([-*+]|\d+\.|#+|>|\|)( |$)/.test(line);
    const previous = unwrapped.at(-1);
    if (starts || previous === undefined || previous === '' || /^(#|\s*```)/.test(previous)) {
      unwrapped.push(line);
    } else {
      unwrapped.push(`${unwrapped.pop()} ${line.trim()}`);
    }
    if (fence) fenced = !fenced;
  }
  return unwrapped;
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
