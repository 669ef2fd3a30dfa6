import { afterEach, describe, expect, it } from 'vitest'
import type { Attachment, Fate } from '../room/uploads'
import { chooseLanguage } from '../words/words'
import { newsText } from './upload-words'

const TOO_BIG: Fate = { state: 'failed', reason: 'file_too_big' }
const FULL: Fate = { state: 'held', reason: 'disk_full' }

function became(name: string, fate: Fate) {
  const rest = { message: null, bytes: 1000, media: '', look: null, preview: null, sent: 0 }
  const file: Attachment = { ...rest, key: name, name, fate }
  return { file, fate }
}

describe('what becomes of files, in sentences', () => {
  afterEach(() => chooseLanguage('en'))

  it('says which file, and why', async () => {
    await chooseLanguage('en')
    expect(newsText({ taken: 1, fates: [became('plan.pdf', TOO_BIG)] }, 64 * 1024)).toBe(
      '1 file attached. plan.pdf can’t be sent. Too big: 64 kB at most here',
    )
    expect(newsText({ taken: 0, fates: [became('a', FULL), became('b', FULL)] }, 0)).toBe(
      'a and b not sent yet. The host’s disk is full. Snug keeps trying',
    )
    expect(newsText({ taken: 0, fates: [became('a', { state: 'done', id: 'up1' })] }, 0)).toBe('a uploaded')
    await chooseLanguage('ko')
    expect(newsText({ taken: 0, fates: [became('회의록.hwp', TOO_BIG)] }, 64 * 1024)).toBe(
      '회의록.hwp, 보낼 수 없어요. 너무 커요. 파일 하나에 64kB까지예요',
    )
  })

  it('counts many that have the same fate, and shows no name for what it isn’t', async () => {
    await chooseLanguage('en')
    const many = Array.from({ length: 12 }, (_, at) => became(`${at}.iso`, TOO_BIG))
    expect(newsText({ taken: 0, fates: many }, 1024)).toBe(
      '12 files can’t be sent. Too big: 1 kB at most here',
    )
    const fates = [became('gpj\u202e.exe', { state: 'failed', reason: 'never heard of' })]
    expect(newsText({ taken: 0, fates }, 0)).toBe('gpj.exe can’t be sent. The room refused it')
  })
})
