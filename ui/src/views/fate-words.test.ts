import { afterEach, describe, expect, it } from 'vitest'
import { chooseLanguage } from '../words/words'
import { messageNewsText } from './fate-words'

const muted = (text: string) => ({ id: text, text, at: 0, failed: 'muted' })

describe('what becomes of messages, in sentences', () => {
  afterEach(() => chooseLanguage('en'))

  it('says why, and which', async () => {
    await chooseLanguage('en')
    expect(messageNewsText([muted('**hello** there')])).toBe('Not sent: the host has muted you. hello there')
    expect(messageNewsText([{ id: 'a', text: 'tea?', at: 0, held: 'disk_full' }])).toBe(
      'Not sent yet: the host’s disk is full. Snug keeps trying. tea?',
    )
    expect(
      messageNewsText([{ ...muted('helo'), change: { kind: 'edit', of: 'x' }, failed: 'never heard of' }]),
    ).toBe('Not changed: the room refused it. helo')
    await chooseLanguage('ko')
    expect(messageNewsText([muted('안녕')])).toBe('보내지 못함: 방장이 말할 수 없게 했어요. 안녕')
  })

  it('counts those that have the same fate, and names nothing where there are no words', async () => {
    await chooseLanguage('en')
    expect(messageNewsText([muted('one'), muted('two'), muted('three')])).toBe(
      'Not sent: the host has muted you. 3 messages',
    )
    expect(messageNewsText([{ ...muted(''), change: { kind: 'deletion', of: 'x' } }])).toBe(
      'Not deleted: the host has muted you',
    )
  })
})
