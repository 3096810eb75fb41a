import { candidatesFor } from './complete-words.ts';
import { UsageError, type Call, type Verb } from './verb.ts';

/** Each asks this program for the candidates, so that none of them knows verbs or names; without any, the shell offers files. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_paasta_gitops() {
  local IFS=$'\\n'
  local current=\${COMP_WORDS[COMP_CWORD]#[\\"\\']}
  COMPREPLY=($(paasta-gitops completion candidates -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" "$current" 2>/dev/null))
}
complete -o default -F _paasta_gitops paasta-gitops
`,
  zsh: `#compdef paasta-gitops
_paasta_gitops() {
  local -a found
  found=("\${(@f)$(paasta-gitops completion candidates -- "\${(@Q)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then
    compadd -a found
  else
    compset -P '--*='
    _files
  fi
}
compdef _paasta_gitops paasta-gitops
`,
  fish: `function __paasta_gitops
    set -l before (commandline -opc)
    set -l current (commandline -ct | string trim --left --chars "\\"'")
    set -l found (paasta-gitops completion candidates -- $before[2..-1] $current 2>/dev/null)
    if set -q found[1]
        printf '%s\\n' $found
    else
        set -l flag (string match --regex '^--[a-z-]+=' -- $current; or echo)
        printf '%s\\n' $flag(__fish_complete_path (string replace -- "$flag" '' $current))
    end
end
complete -c paasta-gitops -f -a '(__paasta_gitops)'
`,
};

export const verb: Verb = {
  name: 'completion',
  usage: 'completion bash|zsh|fish',
  description: `
Prints a script that completes verbs, flags, their choices, and the services, instances and clusters of the tree that the call is
about. Load it at the start of a shell:

  bash  source <(paasta-gitops completion bash)
  zsh   source <(paasta-gitops completion zsh)     after compinit
  fish  paasta-gitops completion fish | source

The scripts call "completion candidates -- WORD...", which prints what may stand in place of the last word.

Exit status: 0, 2 wrong usage.`,
  words: { min: 1, max: 1000 },
  options: {},
  run,
};

async function run({ words, io }: Call): Promise<number> {
  const [shell, ...call] = words as [string, ...string[]];
  if (shell === 'candidates') {
    io.out((await candidatesFor(call, io)).map((candidate) => `${candidate}\n`).join(''));
    return 0;
  }
  if (!Object.hasOwn(SCRIPTS, shell)) throw new UsageError(`completion takes bash, zsh or fish; found "${shell}"`);
  if (call.length > 0) throw new UsageError(`unexpected "${call[0]!}"`);
  io.out(SCRIPTS[shell]!);
  return 0;
}
