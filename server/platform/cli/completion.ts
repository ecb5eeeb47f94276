/** Completion of command names for the usual shells. */
import { AppError } from '../errors.ts'

/** A script that completes the words of the commands. Refuses other shells. */
export function completionScript(shell: string, paths: readonly string[]): string {
  const first = [...new Set(paths.map((path) => path.split(' ')[0] as string))].sort()
  const second = (word: string): string[] =>
    paths.filter((path) => path.startsWith(`${word} `)).map((path) => path.split(' ')[1] as string)
  const groups = first.filter((word) => second(word).length > 0)
  if (shell === 'bash' || shell === 'zsh') {
    const cases = groups.map(
      (word) => `    ${word}) COMPREPLY=($(compgen -W "${second(word).join(' ')}" -- "$word")) ;;`,
    )
    return [
      ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
      '_vouchsafe() {',
      '  local word="${COMP_WORDS[COMP_CWORD]}"',
      `  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${first.join(' ')}" -- "$word")); return; fi`,
      '  case "${COMP_WORDS[1]}" in',
      ...cases,
      '    *) COMPREPLY=($(compgen -f -- "$word")) ;;',
      '  esac',
      '}',
      'complete -F _vouchsafe vouchsafe',
    ].join('\n')
  }
  if (shell === 'fish') {
    return [
      `complete -c vouchsafe -n __fish_use_subcommand -f -a "${first.join(' ')}"`,
      ...groups.map(
        (word) =>
          `complete -c vouchsafe -n "__fish_seen_subcommand_from ${word}" -f -a "${second(word).join(' ')}"`,
      ),
    ].join('\n')
  }
  throw new AppError('COMMAND_INVALID', 'There are completion scripts for bash, zsh and fish.')
}
