import { apart } from '../text/apart'
import type { Event, Measure } from '../wire.gen'
import { sizeText } from '../words/size'
import { clock } from '../words/time'
import { words } from '../words/words'
import { named } from './called'

/** What a host did to keep order, for all to read, and for the one it is about. */
export function MeasureLine({ event, me, rowKey }: { event: Event; me: string | null; rowKey: string }) {
  const { body } = event
  if (body.kind !== 'measure') return null
  return (
    <p class="notice measure" data-key={rowKey} data-testid="measure" data-what={whatOf(body)}>
      <span>{told(body, event, me)}</span> <time>{clock(event.at)}</time>
    </p>
  )
}

const whatOf = (measure: Measure) => (measure.what === 'member' ? measure.deed : measure.what)

function told(measure: Measure, { member, nickname }: Event, me: string | null): string {
  const w = words.value.measures
  const by = member === me ? null : named(nickname)
  switch (measure.what) {
    case 'renamed':
      return w.renamed(by, apart(measure.name))
    case 'slowed':
      return measure.every_ms === 0 ? w.quickened(by) : w.slowed(by, words.value.every(measure.every_ms))
    case 'files':
      return w.filesRuled(by, sizeText(measure.bytes), measure.days)
    case 'member':
      return w[measure.deed](by, measure.of === me ? null : named(measure.called))
  }
}
