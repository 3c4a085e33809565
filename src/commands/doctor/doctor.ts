import type { Context } from '../../context.ts';
import type { Result } from '../../output/result.ts';
import { findingList } from '../../output/views/findings.ts';
import { plain, text } from '../../text.ts';
import { API_SETTINGS, type CliCommand } from '../command.ts';
import { checkApi } from './api-checks.ts';
import { checkLocally } from './local-checks.ts';

export function addDoctorCommand(parent: CliCommand): void {
  parent.addCommand(
    parent
      .createCommand('doctor')
      .description(
        'Check which settings are in force and where they come from, and whether the API takes the credentials. Changes nothing; ends with 3 if something fails.',
      )
      .documents({
        reads: [...API_SETTINGS, 'database'],
        examples: [
          ['doctor', 'Why does it not work?'],
          ['doctor --format json', 'The same for a script; status 3 if a check fails'],
        ],
      })
      .diagnoses()
      .handles(() => runDoctor),
  );
}

export async function runDoctor(context: Context): Promise<Result> {
  const { findings: local, settings, credentials } = await checkLocally(context);
  context.progress.start(text`Asking the API`);
  const remote = credentials ? await checkApi(settings?.organization?.value, credentials, context) : [];
  const findings = [...local, ...remote];
  return {
    ...findingList(
      findings.map(({ check, status, detail }) => ({
        check,
        status,
        detail: context.redacted(plain(detail)),
      })),
    ),
    found: findings.some(({ status }) => status === 'fail'),
  };
}
