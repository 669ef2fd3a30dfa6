import { Component } from 'preact'
import { expected } from '../room/changes'
import type { Room } from '../room/room'
import type { Row } from '../room/rows'
import { MeasureLine } from './measure'
import { Message } from './message'
import { NoticeLine } from './notice'
import { PendingMessage } from './pending'
import { UnreadLine } from './unread'

interface DrawnProps {
  row: Row
  room: Room
  me: string | null
}

/**
 * A row, drawn anew only where it says something else than before: of the hundreds on the page a new message
 * changes none. (Keeping what was drawn and giving it to Preact again would do, too, and never let go of anything.)
 */
export class Drawn extends Component<DrawnProps> {
  override shouldComponentUpdate({ row, me }: DrawnProps): boolean {
    return me !== this.props.me || !same(row, this.props.row)
  }

  override render({ row, room, me }: DrawnProps) {
    switch (row.kind) {
      case 'message':
        return (
          <Message
            rowKey={row.key}
            event={row.changes.length > 0 ? expected(row.event, row.changes, me ?? '') : row.event}
            changes={row.changes}
            first={row.first}
            own={row.own}
          />
        )
      case 'pending':
        return <PendingMessage room={room} pending={row.pending} first={row.first} />
      case 'measure':
        return <MeasureLine rowKey={row.key} event={row.event} me={me} />
      case 'notice':
        return <NoticeLine rowKey={row.key} notice={row.notice} me={me} />
      case 'unread':
        return <UnreadLine rowKey={row.key} room={room} />
    }
  }
}

/** Whether they look the same; each part of a row is replaced where it changes. */
function same(one: Row, other: Row): boolean {
  switch (one.kind) {
    case 'message':
      return (
        other.kind === 'message' &&
        one.event === other.event &&
        one.first === other.first &&
        one.own === other.own &&
        one.changes.length === other.changes.length &&
        one.changes.every((change, at) => change === other.changes[at])
      )
    case 'pending':
      return other.kind === 'pending' && one.pending === other.pending && one.first === other.first
    case 'measure':
      return other.kind === 'measure' && one.event === other.event
    case 'notice':
      return other.kind === 'notice' && one.notice === other.notice
    case 'unread':
      return other.kind === 'unread'
  }
}
