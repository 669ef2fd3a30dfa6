import { useEffect, useState } from 'preact/hooks'
import type { Room } from '../room/room'
import { locale, words } from '../words/words'
import { Avatar } from './avatar'
import { called, named } from './called'
import { Icon } from './icon'
import { later } from './later'

const KeepOrder = later(() => import('./keep-order'))
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
  const [about, setAbout] = useState<string | null>(null)
  useEffect(() => {
    if (you?.host) KeepOrder.warm()
  }, [you?.host])
  const aboutName = about === null ? undefined : members.get(about)
  return (
    <ul class="people-list">
      {you && <Myself key={you.member} room={room} member={you.member} nickname={you.nickname} />}
      {others.map(([member, nickname]) => (
        <li key={member} class={away.has(member) ? 'person away' : 'person'} data-testid="member">
          <Avatar member={member} nickname={called(nickname)} />
          <NameAndState
            name={called(nickname)}
            states={[hosts.has(member) && words.value.host, away.has(member) && words.value.away]}
          />
          {you?.host && (
            <button
              type="button"
              class="icon-button small"
              aria-label={words.value.keepOrder(named(nickname))}
              title={words.value.keepOrder(named(nickname))}
              aria-haspopup="dialog"
              data-testid="keep-order"
              onClick={() => {
                room.order({ kind: 'guests' })
                setAbout(member)
              }}
            >
              <Icon name="dots" size={16} />
            </button>
          )}
        </li>
      ))}
      {about !== null && aboutName !== undefined && (
        <KeepOrder.View room={room} member={about} nickname={aboutName} close={() => setAbout(null)} />
      )}
      {more > 0 && <li class="people-more">{words.value.morePeople(more)}</li>}
    </ul>
  )
}

/** What somebody is called, and below it what else there is to say of them. */
function NameAndState({ name, states }: { name: string; states: readonly (string | false | undefined)[] }) {
  const said = states.filter((state) => typeof state === 'string')
  return (
    <span class="person-words">
      <span dir="auto" class="person-name" title={name}>
        {name}
      </span>
      {said.length > 0 && <span class="person-state">{said.join(' · ')}</span>}
    </span>
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
          <NameAndState name={name} states={[w.you, room.state.value.you?.host && w.host]} />
          {/* A name is words, too. */}
          {room.state.value.you?.muted_by === undefined && (
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
          )}
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
