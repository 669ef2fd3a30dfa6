import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kindOf } from './kinds'
import { nameParts, plainName } from './names'

describe('a file’s name', () => {
  it('always shows how it ends', () => {
    expect(nameParts('photo.jpg')).toEqual({ start: 'photo', end: '.jpg' })
    expect(nameParts('a.story.tar.gz')).toEqual({ start: 'a.story.tar', end: '.gz' })
    expect(nameParts('the holidays of IMG_2034.jpg')).toEqual({
      start: 'the holidays of IMG_',
      end: '2034.jpg',
    })
    expect(nameParts('회의록 2026. 3. 5..hwp')).toEqual({ start: '회의록 2026. 3. 5.', end: '.hwp' })
    expect(nameParts('Makefile')).toEqual({ start: 'Makefile', end: '' })
    expect(nameParts('.profile')).toEqual({ start: '.profile', end: '' })
    expect(nameParts('the end. And more')).toEqual({ start: 'the end. And more', end: '' })
  })

  it('takes nothing apart that is joined', () => {
    const joined = 'تقرير المشروع النهائي الجديد'
    expect(nameParts(`${joined}.docx`)).toEqual({ start: joined, end: '.docx' })
    expect(nameParts(`sixteen and more 👨‍👩‍👧‍👦.png`).end).toBe('.png')
  })

  it('can’t pass for another by what isn’t seen', () => {
    expect(nameParts('photo\u202egpj.exe')).toEqual({ start: 'photogpj', end: '.exe' })
    expect(plainName('a\u0000\n\u200b\u2066b.txt')).toBe('ab.txt')
    expect(plainName('\u202e')).toBe('?')
  })

  it('is one line, whatever somebody calls it', () => {
    const fixture = new URL('../../../tests/fixtures/hostile.json', import.meta.url)
    const corpus = JSON.parse(readFileSync(fixture, 'utf8')) as { text: string; name: string }[]
    for (const { text, name } of corpus) {
      const plain = plainName(`${text}.jpg`)
      expect(plain.endsWith('.jpg'), name).toBe(true)
      expect(plain, name).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
    }
  })
})

describe('a file’s kind', () => {
  it('is what the relay found in it, before what it is called', () => {
    expect(kindOf({ name: 'a.zip', media: 'image/png' })).toBe('image')
    expect(kindOf({ name: 'a.jpg', media: 'application/octet-stream' })).toBe('other')
    expect(kindOf({ name: 'a.ZIP', media: 'application/octet-stream' })).toBe('archive')
    expect(kindOf({ name: 'report', media: 'application/pdf' })).toBe('text')
    expect(kindOf({ name: 'main.rs', media: 'text/plain' })).toBe('code')
    expect(kindOf({ name: '예산.xlsx', media: '' })).toBe('sheet')
  })
})
