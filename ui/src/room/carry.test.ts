import { describe, expect, it } from 'vitest'
import { memory } from '../transport/storage'
import { pack, unload, unpack } from './carry'
import { Outbox } from './outbox'
import type { Pending } from './state'

const pending = (id: string, text: string, more: Partial<Pending> = {}): Pending => ({
  id,
  text,
  at: 7,
  ...more,
})
const none = () =>
  memory(() => {
    throw new Error('no storage')
  })

describe('what is carried to another address', () => {
  it('arrives as it was typed, in order', () => {
    const { text, left } = pack('지민 🍲', [
      pending('a1', 'one'),
      pending('a2', 'zwei\n“drei”', { reply: 'x' }),
    ])
    expect(left).toBe(0)
    expect(text).toMatch(/^[A-Za-z0-9_-]+$/)
    expect(unpack(text)).toEqual({
      nickname: '지민 🍲',
      messages: [
        { id: 'a1', text: 'one', at: 7 },
        { id: 'a2', text: 'zwei\n“drei”', at: 7, reply: 'x' },
      ],
    })
  })

  it('is found by the outbox there, once', () => {
    const there = none()
    const carried = unpack(pack('Jun', [pending('a1', 'one'), pending('a2', 'two')]).text)
    if (!carried) throw new Error('nothing arrived')
    unload(carried, there, 'den')
    unload(carried, there, 'den')
    expect(new Outbox(there, 'den', none()).unsent.map(({ text }) => text)).toEqual(['one', 'two'])
  })

  it('leaves behind what is no words, is settled, or does not fit, and says so', () => {
    const { text, left } = pack('Jun', [
      pending('a1', 'kept'),
      pending('a2', '', { change: { kind: 'deletion', of: 'x' } }),
      pending('a3', 'settled', { seq: 3 }),
      pending('a4', 'x'.repeat(40_000)),
      pending('a5', 'later'),
    ])
    expect(unpack(text)?.messages.map(({ id }) => id)).toEqual(['a1'])
    expect(left).toBe(3)
  })

  it('is nothing where it is not of that form', () => {
    const made = (value: unknown) => btoa(JSON.stringify(value))
    for (const text of [
      '',
      '%%%',
      made(null),
      made([]),
      made({ nickname: 1, messages: [] }),
      made({ nickname: 'x', messages: [{ id: 'a b', text: 'x', at: 1 }] }),
      made({ nickname: 'x', messages: [{ id: 'a', text: 1, at: 1 }] }),
      made({ nickname: 'x', messages: [null] }),
      made({ nickname: 'x', messages: Array.from({ length: 101 }, () => ({ id: 'a', text: 'x', at: 1 })) }),
      'A'.repeat(40_000),
    ]) {
      expect(unpack(text), text.slice(0, 40)).toBeNull()
    }
  })
})
