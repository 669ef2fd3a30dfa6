import { effect } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { MessageNews } from '../room/message-news'
import { othersIn } from '../room/people'
import type { Room } from '../room/room'
import type { Attachment } from '../room/uploads'
import { apart } from '../text/apart'
import { excerpt } from '../text/excerpt'
import { roomLeft } from '../text/room-left'
import { wrapping } from '../text/wrapping'
import { words } from '../words/words'
import { replaceIn, useCompleting } from './completing'
import { EmojiButton } from './emoji-button'
import { messageNewsText } from './fate-words'
import { atDesk } from './focus'
import { Icon } from './icon'
import { News, useNews } from './news'
import { SUGGESTIONS, Suggestions, suggestionId } from './suggestions'
import { TypingLine } from './typing'
import { WRITING_ABOUT, WritingBar } from './writing'

const ROOM_LEFT = 'composer-room-left'

export function Composer({ room }: { room: Room }) {
  const area = useRef<HTMLTextAreaElement>(null)
  const composing = useRef(false)
  /** The key that was about something else than the text: that it comes up says nothing of the caret. */
  const led = useRef('')
  const { draft } = room
  const { text, reply, editing } = draft.writing.value
  const { news, say } = useNews()
  const completing = useCompleting(area, () => othersIn(room.state.peek()))
  const suggesting = completing.choices.length > 0
  const w = words.value

  const left = roomLeft(text, room.state.value.limits)
  const over = left !== null && left < 0
  const attached = attachedTo(room)
  // Other words for a message leave its files as they are, and may leave it none but those.
  const blank = editing === null ? attached.length === 0 : !hasFiles(room, editing)
  const sendable = (text.trim() !== '' || !blank) && !over

  useLayoutEffect(() => {
    if (area.current) fitText(area.current)
  }, [text])
  useEffect(() => {
    if (area.current) return fitTextAnew(area.current)
  }, [])

  // On a phone the keyboard would cover the room one has just come into.
  useEffect(() => {
    if (atDesk()) area.current?.focus()
  }, [])

  // What becomes of what was said, to those who don't see it: a row that comes in saying so already isn't heard.
  useEffect(() => {
    const told = new MessageNews((messages) => say(messageNewsText(messages)))
    const unwatch = effect(() => told.saw(room.state.value.pending))
    return () => {
      unwatch()
      told.stop()
    }
  }, [room, say])

  const send = () => {
    if (!sendable) return
    // As it was typed, but for the empty lines around it.
    completing.close()
    // The input method may not tell of the end of what is taken from under it.
    composing.current = false
    const written = draft.take()
    const said = written.text.replace(/^(\s*\n)+|\s+$/g, '')
    if (written.editing === null) sayWith(room, said, written.reply, attached)
    else if (!says(room, written.editing, said)) room.outgoing.edit(written.editing, said)
    area.current?.focus()
  }

  /** The keys that are about what one is writing, and not part of it. */
  const leading = (event: KeyboardEvent): boolean => {
    const { reply, editing } = draft.writing.value
    if (event.key === 'Escape' && (reply ?? editing) !== null) {
      draft.cancel()
      return true
    }
    if (event.key !== 'ArrowUp' || text !== '' || editing !== null) return false
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false
    const taken = room.takeUp()
    if (taken === undefined) return false
    // The focus is here already, where nothing tells what the field is now for.
    if (taken !== null) say(`${w.editing}: ${excerpt(taken)}`)
    return true
  }

  const pressed = (event: KeyboardEvent) => {
    // A key while composing is the input method's, Enter that ends a composition included. Safari ends it
    // before it tells of the key, and then only the key code 229 gives it away.
    if (event.isComposing || event.keyCode === 229 || composing.current) return
    if (completing.key(event)) return
    if (leading(event)) {
      led.current = event.key
      event.preventDefault()
      return
    }
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    send()
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <WritingBar room={room} />
      <Attached room={room} />
      <News of={news} testid="message-news" />
      <div class="composer-top">
        <TypingLine room={room} />
        <p id={ROOM_LEFT} class={over ? 'room-left over' : 'room-left'}>
          {left !== null && (over ? w.tooLong(-left) : w.charactersLeft(left))}
        </p>
      </div>
      <div class="composer-box">
        <Suggestions completing={completing} />
        <EmojiButton
          class="icon-button composer-tool"
          label={w.addEmoji}
          size={20}
          testid="emoji-button"
          pick={(emoji) => {
            const field = area.current
            if (field) replaceIn(field, field.selectionStart, field.selectionEnd, emoji)
          }}
        />
        <AttachButton room={room} focus={() => area.current?.focus()} />
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          class={wrapping(text)}
          value={text}
          placeholder={w.messageTo(apart(room.state.value.room?.name ?? ''))}
          aria-label={editing === null ? w.message : w.editMessage}
          aria-describedby={(reply ?? editing) === null ? ROOM_LEFT : `${WRITING_ABOUT} ${ROOM_LEFT}`}
          aria-invalid={over}
          // A text field of several lines is no combobox, and may have all that one needs but its role.
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={suggesting ? SUGGESTIONS : undefined}
          aria-activedescendant={suggesting ? suggestionId(completing.chosen) : undefined}
          enterkeyhint="send"
          autocomplete="off"
          data-testid="composer"
          onInput={(event) => {
            room.wrote(event.currentTarget.value)
            completing.look()
          }}
          // The caret has moved, by the pointer or the keyboard.
          onClick={completing.look}
          onKeyUp={({ key }) => {
            if (key !== led.current && /^(Arrow|Home|End)/.test(key)) completing.look()
            led.current = ''
          }}
          onBlur={completing.hide}
          onKeyDown={pressed}
          onCompositionStart={() => {
            composing.current = true
          }}
          onCompositionEnd={() => {
            composing.current = false
          }}
        />
        <button
          type="submit"
          class="send"
          aria-label={editing === null ? w.send : w.saveEdit}
          title={editing === null ? w.send : w.saveEdit}
          data-testid="send"
          disabled={!sendable}
          // Keeps the focus, and with it a phone's keyboard, where it is.
          onPointerDown={(event) => event.preventDefault()}
        >
          <Icon name={editing === null ? 'up' : 'check'} size={20} />
        </button>
      </div>
    </form>
  )
}

/** Makes it as high as what stands in it. WebKitGTK has no `field-sizing`; the style sheet sets how high it may become. */
function fitText(area: HTMLTextAreaElement): void {
  const box = area.parentElement
  if (!box) return
  // Were all of it shorter for a moment, the log would be taller, and scroll.
  box.style.minHeight = `${box.offsetHeight}px`
  area.style.height = 'auto'
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`
  box.style.minHeight = ''
}

/** The same whenever it becomes wider or narrower, until what this returns is called. */
function fitTextAnew(area: HTMLTextAreaElement): () => void {
  let width = area.clientWidth
  let frame = 0
  const observer = new ResizeObserver(() => {
    if (area.clientWidth === width) return
    width = area.clientWidth
    // With the next picture: in this one the log is measured already.
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(() => fitText(area))
  })
  observer.observe(area)
  return () => {
    observer.disconnect()
    cancelAnimationFrame(frame)
  }
}

/** What was chosen for the message that is being written, and can be sent. */
function attachedTo(room: Room): Attachment[] {
  const list = room.attachments.uploads.value?.list.value ?? []
  return list.filter(({ message, fate }) => message === null && fate.state !== 'failed')
}

/** Says it with these files: in several messages where they are more than one may have. */
function sayWith(room: Room, said: string, reply: string | null, files: readonly Attachment[]): void {
  const most = Math.max(1, room.state.value.limits?.files ?? 1)
  room.say(said, reply, files.slice(0, most))
  for (let from = most; from < files.length; from += most) room.say('', null, files.slice(from, from + most))
}

function AttachButton({ room, focus }: { room: Room; focus: () => void }) {
  const input = useRef<HTMLInputElement>(null)
  const w = words.value
  return (
    <>
      <button
        type="button"
        class="icon-button composer-tool attach"
        aria-label={w.attach}
        title={w.attach}
        data-testid="attach"
        onClick={() => input.current?.click()}
      >
        <Icon name="attach" size={20} />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="file-input"
        onChange={({ currentTarget }) => {
          room.attachments.add([...(currentTarget.files ?? [])])
          // The same one may be chosen again.
          currentTarget.value = ''
          focus()
        }}
      />
    </>
  )
}

type Tray = ComponentType<{ room: Room; say: (text: string) => void }>

/** Soon after the room is there, and before the host may have gone: what takes files is loaded. */
const SOON_MS = 2_000

/** What goes with the message, and what couldn't. */
function Attached({ room }: { room: Room }) {
  const [loaded, setLoaded] = useState<{ Tray: Tray } | null>(null)
  const { news, say } = useNews()
  const wanted = room.attachments.uploads.value !== null || room.attachments.lost.value.length > 0
  useEffect(() => {
    const timer = setTimeout(() => void room.attachments.load(), SOON_MS)
    return () => clearTimeout(timer)
  }, [room])
  useEffect(() => {
    if (!wanted || loaded) return
    import('./tray').then(
      ({ default: Tray }) => setLoaded({ Tray }),
      () => {}, // The host went just now. Files can be sent all the same.
    )
  }, [wanted, loaded])
  return (
    <>
      <p class="note warn attach-note" role="alert">
        {room.attachments.failed.value && words.value.cantAttach}
      </p>
      <News of={news} testid="file-news" />
      {loaded && <loaded.Tray room={room} say={say} />}
    </>
  )
}

function hasFiles(room: Room, id: string): boolean {
  const event = room.find(id)
  return event?.body.kind === 'message' && (event.body.files?.length ?? 0) > 0
}

/** Whether a message says just this already. */
function says(room: Room, id: string, text: string): boolean {
  const event = room.find(id)
  return event?.body.kind === 'message' && event.body.text === text
}
