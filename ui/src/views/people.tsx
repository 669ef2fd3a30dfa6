import { useEffect, useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { locale, words } from '../words/words'
import { Avatar } from './avatar'
import { called } from './called'
import { Icon } from './icon'
import { later } from './later'

const Rename = later(() => import('./rename'))

/** Who is here: oneself first, the others by name, whoever is away behind them. */
export function People({ room }: { room: Room }) {
  const { members, away, hosts, you, count } = room.state.value
  const { compare } = new Intl.Collator(locale.value, { sensitivity: 'base', numeric: true })
  const others = [...members]
    .filter(([member]) => member !== you?.member)
    .sort(([one, a], [other, b]) => {
      const absent = Number(away.has(one)) - Number(away.has(other))
      return absent === 0 ? compare(called(a), called(b)) : absent
    })
  const more = count - members.size
  return (
    <ul class="people-list">
      {you && <Myself key={you.member} room={room} member={you.member} nickname={you.nickname} />}
      {others.map(([member, nickname]) => (
        <li key={member} class={away.has(member) ? 'person away' : 'person'} data-testid="member">
          <Avatar member={member} nickname={called(nickname)} />
          <span dir="auto" class="person-name" title={called(nickname)}>
            {called(nickname)}
          </span>
          {hosts.has(member) && <span class="tag">{words.value.host}</span>}
          {away.has(member) && <span class="person-state">{words.value.away}</span>}
        </li>
      ))}
      {more > 0 && <li class="people-more">{words.value.morePeople(more)}</li>}
    </ul>
  )
}

interface MyselfProps {
  room: Room
  member: string
  nickname: string
}

function Myself({ room, member, nickname }: MyselfProps) {
  const [editing, setEditing] = useState(false)
  // Wanted when the host is out of reach, too.
  useEffect(Rename.warm, [])
  const w = words.value
  const name = called(nickname)
  return (
    <li class="person myself" data-testid="member">
      <Avatar member={member} nickname={name} />
      {editing ? (
        <Rename.View room={room} nickname={nickname} done={() => setEditing(false)} />
      ) : (
        <>
          <span dir="auto" class="person-name" title={name}>
            {name}
          </span>
          <span class="tag">{w.you}</span>
          {room.state.value.you?.host && <span class="tag">{w.host}</span>}
          <button
            type="button"
            class="icon-button small"
            aria-label={w.editNickname}
            title={w.editNickname}
            data-testid="edit-nickname"
            onClick={() => setEditing(true)}
          >
            <Icon name="pencil" size={16} />
          </button>
          {room.complaint.value === 'bad_nickname' && (
            <p class="note warn" role="alert">
              {w.nicknameRefused}
            </p>
          )}
        </>
      )}
    </li>
  )
}
