import type { Memory } from '../transport/storage'
import type { Pending } from './state'

/**
 * What a browser takes along from one address of a host to another. What it remembers belongs to the address
 * it came from, and no page may read another's: so it goes in the link, behind the key, where it is sent to no
 * one. Only words go: a link can be made by anybody, so it must not say who one is, and the person is shown what
 * it brings before any of it is sent.
 */
export interface Carried {
  nickname: string
  /** In the order they were typed. */
  messages: { id: string; text: string; at: number; reply?: string }[]
}

/** Links as long as this work everywhere. In characters. */
const LONGEST = 30_000

/** More than anybody types while a host is away. */
const MOST = 100

/** What fits of it, and how many messages have to stay behind. Files and changes do: they stay where they are. */
export function pack(nickname: string, pending: readonly Pending[]): { text: string; left: number } {
  const waiting = pending.filter((it) => it.seq === undefined)
  const messages: Carried['messages'] = []
  let text = ''
  for (const { id, text: said, at, reply, change, files, failed } of waiting) {
    if (change || failed !== undefined || (files && files.length > 0) || messages.length === MOST) continue
    const next = encode({
      nickname,
      messages: [...messages, { id, text: said, at, ...(reply === undefined ? {} : { reply }) }],
    })
    if (next.length > LONGEST) break
    messages.push({ id, text: said, at, ...(reply === undefined ? {} : { reply }) })
    text = next
  }
  return { text: text || encode({ nickname, messages }), left: waiting.length - messages.length }
}

/** What a link brings, or nothing: anybody can write one. */
export function unpack(text: string): Carried | null {
  if (text.length > LONGEST) return null
  try {
    const bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (it) => it.charCodeAt(0))
    const read: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof read !== 'object' || read === null) return null
    const { nickname, messages } = read as Record<string, unknown>
    if (typeof nickname !== 'string' || !Array.isArray(messages) || messages.length > MOST) return null
    return { nickname, messages: messages.map(message) }
  } catch {
    return null
  }
}

/** Throws for what is none. */
function message(value: unknown): Carried['messages'][number] {
  const { id, text, at, reply } = value as Record<string, unknown>
  if (typeof id !== 'string' || !/^[!-~]{1,64}$/.test(id)) throw new Error('no id')
  if (typeof text !== 'string' || typeof at !== 'number') throw new Error('no message')
  return { id, text, at, ...(typeof reply === 'string' ? { reply } : {}) }
}

/** Puts it where the room's outbox finds it. */
export function unload({ messages }: Carried, memory: Memory, room: string): void {
  for (const message of messages) memory.set(`snug.outbox.${room}.${message.id}`, JSON.stringify(message))
}

function encode(carried: Carried): string {
  const bytes = new TextEncoder().encode(JSON.stringify(carried))
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}
