import { useContext, useEffect } from 'preact/hooks'
import { excerpt, summary } from '../text/excerpt'
import type { Event } from '../wire.gen'
import { words } from '../words/words'
import { hueOf } from './avatar'
import { called } from './called'
import { QuotedFile } from './files-of'
import { Icon } from './icon'
import { Reading } from './reading'

/** The message that another one answers, in one line that leads there. */
export function Quote({ id }: { id: string }) {
  const { acts } = useContext(Reading)
  const quoted = acts?.find(id)
  const unknown = quoted === undefined
  useEffect(() => {
    if (unknown) acts?.findQuoted(id)
  }, [unknown, acts, id])
  return (
    <button
      type="button"
      class="quote"
      style={quoted ? { '--hue': hueOf(quoted.member) } : undefined}
      data-testid="quote"
      onClick={() => acts?.goTo(id)}
    >
      <Icon name="reply" size={13} />
      <QuotedWords event={quoted} />
    </button>
  )
}

/** Who said what, in one line; as much as is known of it. */
export function QuotedWords({ event }: { event: Event | null | undefined }) {
  const w = words.value
  if (event === undefined) return <span class="quote-text">{w.earlierMessage}</span>
  if (event === null || event.body.kind !== 'message') return <span class="quote-text">{w.goneMessage}</span>
  return (
    <>
      <span class="quote-author" dir="auto">
        {called(event.nickname)}
      </span>
      {event.body.files && <QuotedFile files={event.body.files} said={excerpt(event.body.text) !== ''} />}
      <span class="quote-text" dir="auto">
        {summary(event.body)}
      </span>
    </>
  )
}
