import { signal } from '@preact/signals'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EMPTY, type RoomState } from '../room/state'
import type { KnockNotice } from '../shell.gen'
import type { Knock } from '../wire.gen'
import { chooseLanguage } from '../words/words'
import { Bell, doorMenu, knockNotice } from './knocks'

const knock = (nickname: string): Knock => ({ member: `of-${nickname}`, nickname, at: 1 })
const crowd = (n: number) => Array.from({ length: n }, (_, at) => knock(`Guest ${at}`))

beforeEach(() => chooseLanguage('en'))

describe('who is at the door, beside the clock', () => {
  it('is nobody, one, or a handful and how many more', () => {
    expect(doorMenu([])).toBeNull()
    expect(doorMenu([knock('Jun')])).toEqual({
      title: 'Someone is at the door',
      count: '1',
      knocks: [{ member: 'of-Jun', name: 'Jun' }],
      rest: null,
      let_in: 'Let in',
      turn_away: 'Turn away',
    })
    const many = doorMenu(crowd(12))
    expect([many?.knocks.length, many?.count, many?.rest]).toEqual([5, '12', 'Show 7 more'])
  })

  it('cuts a long name between characters, and keeps one from turning the line around', () => {
    const family = '👨‍👩‍👧'
    expect(doorMenu([knock(family.repeat(40))])?.knocks[0]?.name).toBe(`${family.repeat(23)}…`)
    expect(doorMenu([knock('\u202eevil')])?.knocks[0]?.name).toBe('\u2068\u202eevil\u2069')
  })

  it('speaks Korean', async () => {
    await chooseLanguage('ko')
    expect(doorMenu(crowd(6))).toMatchObject({ title: '문 앞에 6명이 있어요', rest: '1명 더 보기' })
    expect(knockNotice([knock('지민')], '거실')?.title).toBe('지민 님이 들어오고 싶어 해요')
  })
})

describe('a notification of a knock', () => {
  it('has buttons for one, and none where it would not be clear whom they let in', () => {
    expect(knockNotice([], 'Den')).toBeNull()
    expect(knockNotice([knock('Jun')], 'Den')).toMatchObject({
      title: 'Jun asks to come in',
      body: 'Den',
      member: 'of-Jun',
    })
    expect(knockNotice(crowd(3), 'Den')).toMatchObject({ title: '3 are at the door', member: null })
  })
})

describe('the bell', () => {
  let state: ReturnType<typeof signal<RoomState>>
  let looked: boolean
  let wanted: boolean
  let shown: (string | null)[]
  let chimes: number
  let bell: Bell

  const at = (...names: string[]) => {
    state.value = { ...(state.value as RoomState), knocks: names.map(knock) }
  }
  const later = (ms = 500) => vi.advanceTimersByTime(ms)

  beforeEach(() => {
    vi.useFakeTimers()
    looked = false
    wanted = true
    shown = []
    chimes = 0
    state = signal<RoomState>(EMPTY)
    bell = new Bell({
      state: state as never,
      looked: () => looked,
      wanted: () => wanted,
      show: (notice: KnockNotice | null) => shown.push(notice?.title ?? null),
      chime: () => {
        chimes += 1
      },
    })
    bell.start()
  })
  afterEach(() => {
    bell.stop()
    vi.useRealTimers()
  })

  it('rings while nobody looks, and is silent once they went', () => {
    at('Jun')
    later()
    at()
    expect(shown).toEqual(['Jun asks to come in', null])
    expect(chimes).toBe(1)
  })

  it('rings once for a crowd, and for nobody who is seen', () => {
    at('Jun')
    at('Jun', 'Sol')
    later()
    for (let n = 0; n < 50; n += 1) at('Jun', 'Sol', `Guest ${n}`)
    later()
    expect(shown).toEqual(['2 are at the door'])
    later(5_000)
    expect(shown).toEqual(['2 are at the door', '3 are at the door'])
    looked = true
    bell.looked()
    at('Jun', 'Sol', 'Ada')
    later(10_000)
    expect(shown.slice(2)).toEqual([null])
    looked = false
    at('Jun', 'Sol')
    later(10_000)
    expect(shown.length).toBe(3)
  })

  it('says who is left when the one it named went', () => {
    at('Jun', 'Sol')
    later()
    at('Sol')
    later(6_000)
    expect(shown).toEqual(['2 are at the door', 'Sol asks to come in'])
  })

  it('is off where nothing of the room is wanted', () => {
    wanted = false
    at('Jun')
    later()
    expect([shown, chimes]).toEqual([[], 0])
  })
})
