import { PROGRAM } from '../../command-line.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** The hidden command that the scripts ask. */
export const ASK = '__complete';

/**
 * Scripts that ask the program for candidates and take its lines as data: nothing that comes from the
 * API is ever part of a word list that a shell expands, as bash's `compgen -W` would.
 */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# bash completion for ${PROGRAM}
_pscale_service_token() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(${PROGRAM} ${ASK} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _pscale_service_token ${PROGRAM}
`,
  zsh: `#compdef ${PROGRAM}
_pscale_service_token() {
  local line
  local -a candidates descriptions
  while IFS= read -r line; do
    candidates+=("\${line%%$'\\t'*}")
    descriptions+=("\${line/$'\\t'/  -- }")
  done < <(${PROGRAM} ${ASK} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  compadd -l -d descriptions -a candidates
}
# Found in $fpath, this file is the completion function itself; sourced, it only registers one.
if [[ "\${funcstack[1]-}" == _${PROGRAM} ]]; then
  _pscale_service_token
else
  compdef _pscale_service_token ${PROGRAM}
fi
`,
  fish: `# fish completion for ${PROGRAM}
function __pscale_service_token
  set -l words (commandline -opc) (commandline -ct)
  ${PROGRAM} ${ASK} -- $words[2..-1] 2>/dev/null
end
complete -c ${PROGRAM} -f -a '(__pscale_service_token)'
`,
};
