import { beforeAll, describe, expect, it } from 'vitest'
import { EMPTY, type RoomState } from '../room/state'
import type { Body, Event } from '../wire.gen'
import { chooseLanguage } from '../words/words'
import { newsIn, toldOf } from './news'

const said = (seq: number, member: string, text: string, more: object = {}): Event => ({
  seq,
  at: seq,
  member,
  nickname: member === 'me' ? 'Mina' : 'Jun',
  id: `id${seq}`,
  body: { kind: 'message', text, ...more },
})
const did = (seq: number, body: Body): Event => ({ ...said(seq, 'jun', ''), body })

const room = (events: Event[]): RoomState => ({
  ...EMPTY,
  you: { member: 'me', nickname: 'Mina', host: false, ticket: 'me.1' },
  members: new Map([
    ['me', 'Mina'],
    ['jun', 'Jun'],
  ]),
  events,
  cursor: events.at(-1)?.seq ?? 0,
})

const EVENTS = [
  said(1, 'me', 'who is coming?'),
  said(2, 'jun', 'me'),
  said(3, 'jun', 'I am, @Mina', {}),
  said(4, 'jun', 'and to you I say yes', { reply: 'id1' }),
  said(5, 'jun', 'to myself', { reply: 'id2' }),
  said(6, 'me', '@Mina note to self', { reply: 'id1' }),
  said(7, 'jun', 'in code it is nobody: `@Mina`'),
  said(8, 'jun', '@Minari is another'),
  did(9, { kind: 'reacted', of: 'id1', emoji: '👍', on: true }),
  did(10, { kind: 'edited', of: 'id2', text: '@Mina' }),
  did(11, { kind: 'gone' }),
]

const seqs = (events: readonly Event[]) => events.map(({ seq }) => seq)

describe('what is told of', () => {
  it('is everything the others said, or what is for oneself, or nothing', () => {
    expect(seqs(newsIn(room(EVENTS), 0, 'all').told)).toEqual([2, 3, 4, 5, 7, 8])
    expect(seqs(newsIn(room(EVENTS), 0, 'mentions').told)).toEqual([3, 4])
    expect(newsIn(room(EVENTS), 0, 'none')).toEqual({ told: [], perhaps: [] })
  })

  it('is only what came since', () => {
    expect(seqs(newsIn(room(EVENTS), 4, 'all').told)).toEqual([5, 7, 8])
    expect(newsIn(room(EVENTS), 11, 'all').told).toEqual([])
  })

  it('calls one by the name one has now', () => {
    const state = room(EVENTS)
    const other = { ...state, you: { member: 'me', nickname: 'Minari', host: false, ticket: 'me.1' } }
    expect(seqs(newsIn(other, 4, 'mentions').told)).toEqual([8])
  })
})

describe('a notification', () => {
  beforeAll(() => chooseLanguage('en'))
  const called = (name: string) => name

  it('of one message says who, where and what, in one line', () => {
    expect(toldOf([said(2, 'jun', '**hello**\n> there')], 1, 'Den', called)).toEqual({
      title: 'Jun in Den',
      body: 'hello there',
      message: 'id2',
    })
  })

  it('of several says how many, and the last of them', () => {
    const news = [2, 3, 4, 5].map((seq) => said(seq, 'jun', `number ${seq}`))
    expect(toldOf(news, 400, 'Den', called)).toEqual({
      title: '400 new messages in Den',
      body: 'Jun: number 3\nJun: number 4\nJun: number 5',
      message: 'id5',
    })
  })

  it('of nothing there is none', () => {
    expect(toldOf([], 0, 'Den', called)).toBeNull()
  })

  it('keeps what turns text around to itself', () => {
    const told = toldOf([said(2, 'jun', 'one'), said(3, 'jun', '\u202eevil')], 2, 'Den', called)
    expect(told?.body).toBe('Jun: one\nJun: \u2068\u202eevil\u2069')
  })

  it('of files names them', () => {
    const file = { hash: '', name: 'cat.jpg', bytes: 1, media: 'image/jpeg' }
    expect(toldOf([said(2, 'jun', '', { files: [file] })], 1, 'Den', called)?.body).toBe('cat.jpg')
  })
})
