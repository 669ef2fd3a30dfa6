import { describe, expect, it } from 'vitest'
import { hostOf, pieces, safeUrl } from './links'

const links = (text: string) => pieces(text).flatMap((piece) => (piece.url === null ? [] : [piece.text]))

describe('links in text', () => {
  it.each([
    ['see https://example.com', ['https://example.com']],
    ['see https://example.com.', ['https://example.com']],
    ['(see https://example.com)', ['https://example.com']],
    ['(see https://example.com).', ['https://example.com']],
    ['https://en.wikipedia.org/wiki/Rust_(video_game)', ['https://en.wikipedia.org/wiki/Rust_(video_game)']],
    [
      '(https://en.wikipedia.org/wiki/Rust_(video_game))',
      ['https://en.wikipedia.org/wiki/Rust_(video_game)'],
    ],
    ['https://example.com/a?b=c&d=e#f!', ['https://example.com/a?b=c&d=e#f']],
    ['"https://example.com/a"', ['https://example.com/a']],
    ['<https://example.com/a>', ['https://example.com/a']],
    ['HTTP://EXAMPLE.COM', ['HTTP://EXAMPLE.COM']],
    ['http://192.168.1.20:7684/r/den#x, right?', ['http://192.168.1.20:7684/r/den#x']],
    ['https://example.com에서 봤어요', ['https://example.com']],
    ['http://192.168.1.20:7684으로 오세요', ['http://192.168.1.20:7684']],
    ['https://ko.wikipedia.org/wiki/한국 보세요', ['https://ko.wikipedia.org/wiki/한국']],
    ['https://한국.kr', ['https://한국.kr']],
    ['「https://example.jp」。', ['https://example.jp']],
    ['a https://a.example b http://b.example', ['https://a.example', 'http://b.example']],
  ])('are found in %j', (text, expected) => {
    expect(links(text)).toEqual(expected)
  })

  it.each([
    'nothing here',
    'example.com',
    'javascript:alert(1)',
    'xhttp://example.com',
    'ftp://example.com',
    'data:text/html,hi',
    'http://',
    'https://.',
    'http://[',
    '@mina',
    'mina@den',
    'mail mina@example.com.',
    'mailto:mina@example.com',
  ])('are not found in %j', (text) => {
    expect(links(text)).toEqual([])
  })

  it('lead only to pages', () => {
    for (const piece of pieces('https://javascript:alert(1) https://a.example/%00 http://x"onclick=y')) {
      if (piece.url !== null) expect(piece.url).toMatch(/^https?:\/\//)
    }
  })

  it('leave the text as it was typed', () => {
    for (const text of ['a\n\nb', '<b>https://a.example</b>', ' (https://a.example) .', '']) {
      expect(
        pieces(text)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text)
    }
  })
})

describe('an address', () => {
  it.each([['https://example.com', 'https://example.com/']])('%j may be opened as %j', (link, expected) => {
    expect(safeUrl(link)).toBe(expected)
  })

  it.each([
    'javascript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'java\nscript:alert(1)',
    ' javascript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:http://example.com/x',
    'intent://x',
    'mailto:mina@example.com',
    'mailto:mina@example.com?attach=/etc/passwd&bcc=eve@example.com',
    '//example.com',
    '/r/den',
    '#x',
    '',
  ])('%j may not', (link) => {
    expect(safeUrl(link)).toBeNull()
  })

  it('says whom it leads to', () => {
    expect(hostOf('https://example.com:8080/a')).toBe('example.com:8080')
  })
})
