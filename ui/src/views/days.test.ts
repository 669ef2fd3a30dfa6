import { describe, expect, it } from 'vitest'
import { addDays, addMonths, firstWeekday, weeksOf } from './days'

const shown = (day: Date) => `${day.getFullYear()}-${day.getMonth() + 1}-${day.getDate()}`

describe('days', () => {
  it('are counted by the calendar', () => {
    expect(shown(addDays(new Date(2026, 1, 28, 23, 59), 1))).toBe('2026-3-1')
    expect(addDays(new Date(2026, 1, 28, 23, 59), 0).getHours()).toBe(0)
    expect(shown(addDays(new Date(2026, 0, 1), -1))).toBe('2025-12-31')
    expect(shown(addMonths(new Date(2026, 0, 31), 1))).toBe('2026-2-28')
    expect(shown(addMonths(new Date(2026, 0, 15), -1))).toBe('2025-12-15')
    expect(shown(addMonths(new Date(2028, 0, 31), 1))).toBe('2028-2-29')
  })

  it('stand in weeks', () => {
    for (const start of [0, 1, 6]) {
      for (let month = 0; month < 30; month += 1) {
        const weeks = weeksOf(new Date(2026, month, 15), start)
        expect(weeks.every((week) => week.length === 7 && week[0]?.getDay() === start)).toBe(true)
        const days = weeks.flat()
        days.slice(1).forEach((day, at) => {
          expect(shown(day)).toBe(shown(addDays(days[at] as Date, 1)))
        })
        const inside = days.filter((day) => day.getMonth() === month % 12).map((day) => day.getDate())
        const length = new Date(2026, month + 1, 0).getDate()
        expect(inside).toEqual(Array.from({ length }, (_, at) => at + 1))
      }
    }
  })

  it('begin a week as they do where one is', () => {
    expect(firstWeekday('en-US')).toBe(0)
    expect([0, 1]).toContain(firstWeekday('en-GB'))
  })
})
