import { commandLine } from '../command-line.ts';
import { type Text, text } from '../text.ts';

/** What became of a token that nobody can use. */
export function fate(tokenId: string, gone: boolean): Text {
  return gone
    ? text`token ${tokenId} had been created and was deleted again`
    : text`token ${tokenId} was created, its secret is lost, and it could not be deleted: delete it`;
}

/** The command that removes such a token. */
export function deletion(organization: string, tokenId: string): string {
  return commandLine('delete', tokenId, '--org', organization, '--force');
}
