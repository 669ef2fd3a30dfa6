import type { Notice } from '../room/state'
import { clock, nameList } from '../words/time'
import { words } from '../words/words'
import { named } from './called'
import { Icon } from './icon'

/** Who came, went or changed their name, told in passing; and, less in passing, that the log is another one. */
export function NoticeLine({ notice, me, rowKey }: { notice: Notice; me: string | null; rowKey: string }) {
  if (notice.kind === 'replaced') {
    return (
      <p class="notice replaced" data-key={rowKey} data-testid="replaced">
        <Icon name="alert" size={16} />
        <span>{words.value.replaced}</span>
      </p>
    )
  }
  return (
    <p class="notice" data-key={rowKey}>
      <span>{told(notice, me)}</span> <time>{clock(notice.at)}</time>
    </p>
  )
}

function told({ kind, people }: Notice, me: string | null): string {
  const w = words.value
  const person = people[0]
  if (kind === 'renamed' && person) {
    return person.member === me
      ? w.youRenamed(named(person.nickname))
      : w.renamed(named(person.was ?? ''), named(person.nickname))
  }
  if (kind === 'called' && person) return w.youCalled(named(person.nickname))
  const names = nameList(people.map(({ nickname }) => named(nickname)))
  return kind === 'left' ? w.left(names) : w.joined(names)
}
