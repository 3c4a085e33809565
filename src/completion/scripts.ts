import { PROGRAM } from '../text/command-line.ts';

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/** The hidden command that the scripts ask. */
export const ASK = '__complete';

/**
 * Scripts that ask the program for candidates and take its lines as data: nothing that comes from the
 * API is ever part of a word list that a shell expands, as bash's `compgen -W` would. A line that begins with a
 * colon is a directive: the shell completes paths, or the words of another command, itself.
 */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

const SCRIPTS: Readonly<Record<Shell, string>> = {
  // For bash 3.2 and later: no compopt before 4, so that the blank behind a whole word is ours to add.
  bash: `# bash completion for ${PROGRAM}
_pscale_service_token() {
  local line value
  COMPREPLY=()
  while IFS= read -r line; do
    value="\${line%%$'\\t'*}"
    case "$value" in
      :files) _pscale_service_token_files; return ;;
      :command) _pscale_service_token_command; return ;;
      *[=:,]) COMPREPLY+=("$value") ;;
      *) COMPREPLY+=("$value ") ;;
    esac
  done < <(${PROGRAM} ${ASK} --split -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
_pscale_service_token_files() {
  local name current="\${COMP_WORDS[COMP_CWORD]}"
  if compopt -o default +o nospace 2>/dev/null; then return; fi
  [[ $current == = ]] && current=
  while IFS= read -r name; do
    if [[ -d $name ]]; then COMPREPLY+=("$(printf %q "$name")/"); else COMPREPLY+=("$(printf %q "$name") "); fi
  done < <(compgen -f -- "$current")
}
_pscale_service_token_command() {
  local name index
  for ((index = 1; index < COMP_CWORD; index++)); do
    if [[ \${COMP_WORDS[index]} == -- ]]; then break; fi
  done
  if declare -F _comp_command_offset >/dev/null; then
    _comp_command_offset $((index + 1))
  elif declare -F _command_offset >/dev/null; then
    _command_offset $((index + 1))
  elif ((COMP_CWORD == index + 1)); then
    while IFS= read -r name; do COMPREPLY+=("$name "); done < <(compgen -c -- "\${COMP_WORDS[COMP_CWORD]}")
  else
    _pscale_service_token_files
  fi
}
complete -o nospace -F _pscale_service_token ${PROGRAM}
`,
  zsh: `#compdef ${PROGRAM}
_pscale_service_token() {
  local line value
  local -i index
  local -a candidates descriptions beginnings begun
  while IFS= read -r line; do
    value="\${line%%$'\\t'*}"
    case "$value" in
      :files)
        if [[ $PREFIX == --*=* ]]; then compset -P '*='; fi
        _files
        return
        ;;
      :command)
        index=\${words[(i)--]}
        shift index words
        (( CURRENT -= index ))
        _normal
        return
        ;;
      *[=:,])
        beginnings+=("$value")
        begun+=("\${line/$'\\t'/  -- }")
        ;;
      *)
        candidates+=("$value")
        descriptions+=("\${line/$'\\t'/  -- }")
        ;;
    esac
  done < <(${PROGRAM} ${ASK} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  compadd -l -d descriptions -a candidates
  compadd -S '' -l -d begun -a beginnings
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
  set -l token (commandline -ct)
  set -l words (commandline -opc) $token
  set -l answer (${PROGRAM} ${ASK} -- $words[2..-1] 2>/dev/null)
  switch "$answer[1]"
    case :files
      set -l parts (string match -r -- '^(--[^=]*=)(.*)$' "$token")
      if test (count $parts) -eq 3
        for path in (__fish_complete_path "$parts[3]")
          echo "$parts[2]$path"
        end
      else
        __fish_complete_path "$token"
      end
    case :command
      set -l index (contains -i -- -- $words)
      set -l behind $words[(math $index + 1)..-2]
      # Completing a command substitution would run it.
      if not string match -q -- '*(*' $behind "$token"
        complete -C (string join ' ' -- (string escape -- $behind) "$token")
      end
    case '*'
      if test (count $answer) -gt 0
        printf '%s\\n' $answer
      end
  end
end
complete -c ${PROGRAM} -f -a '(__pscale_service_token)'
`,
  powershell: `# PowerShell completion for ${PROGRAM}
Register-ArgumentCompleter -Native -CommandName ${PROGRAM} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
    ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.Extent.Text } })
  # An empty word does not reach a native command in every edition.
  $blank = @(if (-not $wordToComplete) { '--blank' })
  & ${PROGRAM} ${ASK} @blank -- @words 2>$null | ForEach-Object {
    $value, $description = $_ -split "\`t", 2
    # Without a candidate PowerShell offers paths by itself.
    if (-not $value.StartsWith(':')) {
      if (-not $description) { $description = $value }
      [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
    }
  }
}
`,
};
