import { argumentList } from '../cli/declaration.ts';
import type { Context } from '../context.ts';
import { readGivenFile } from '../settings/files.ts';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { describeSource } from '../values/source.ts';
import type { AccessFile } from './access-file.ts';

/** The files that say who may do what, by their paths. */
export const ACCESS_FILES = argumentList(
  'file',
  'Paths of the files, such as service-tokens.yml, each with names of its own',
  'at least one',
  (paths) => paths,
  'file',
);

/**
 * Reads the files as one, and warns of what may be a mistake. Nothing is asked of the API.
 *
 * @throws Failure INVALID_USAGE where one does not exist, INVALID_CONFIG for what is wrong with them
 */
export async function readAccessFiles(paths: readonly string[], context: Context): Promise<AccessFile> {
  const files: AccessFile[] = [];
  for (const path of paths) files.push(await readAccessFileAt(path, context));
  const { mergeFiles } = await import('./index.ts');
  return mergeFiles(files);
}

async function readAccessFileAt(path: string, context: Context): Promise<AccessFile> {
  const { environment, clock, interruption, warn } = context;
  const content = await readGivenFile(path, environment, { clock, signal: interruption.signal });
  const { readAccessFile } = await import('./index.ts');
  const { file, warnings } = readAccessFile(content, path);
  for (const warning of warnings) warn(warning);
  return file;
}

/**
 * The same for a command that goes on with the organization that the file names.
 *
 * @throws Failure INVALID_USAGE where a flag or the environment names another one
 */
export async function loadAccessFiles(paths: readonly string[], context: Context): Promise<AccessFile> {
  const file = await readAccessFiles(paths, context);
  const [path = ''] = paths;
  const { organization } = await context.settings();
  const isSaid = organization && ['flag', 'environment'].includes(organization.source.kind);
  if (isSaid && organization.value !== file.organization) {
    const where = describeSource(organization.source);
    throw new Failure(
      'INVALID_USAGE',
      text`${path} is about organization ${file.organization}, and ${where} says ${organization.value}`,
      { hint: text`Nothing was sent. Leave ${where} out, or use the file of ${organization.value}.` },
    );
  }
  context.adoptOrganization({
    value: file.organization,
    source: { kind: 'file', path, key: 'organization' },
  });
  return file;
}
