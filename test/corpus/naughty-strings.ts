/**
 * Strings that break programs: a choice from the Big List of Naughty Strings (minimaxir/big-list-of-naughty-strings, MIT
 * licence), by kind. Every one is a legal text, and comes back as it was sent.
 */
export const naughtyStrings: readonly string[] = [
  // Words that programs take for something else.
  ...[
    'undefined',
    'null',
    'NULL',
    '(null)',
    'nil',
    'true',
    'False',
    'None',
    'hasOwnProperty',
    '\\',
    '\\\\',
    'NaN',
  ],
  // Numbers, or nearly.
  ...[
    '0',
    '1.00',
    '$1.00',
    '1/2',
    '-1',
    '-$1.00',
    '0.0.0',
    '0,00',
    ',',
    '1,000.00',
    "1'000.00",
    '01000',
    '08',
    '0x0',
  ],
  ...['--1', '-', 'Infinity', '-1#IND', '2.2250738585072011e-308', '１２３', '١٢٣'],
  // Punctuation and symbols.
  ...[
    ",./;'[]\\-=",
    '<>?:"{}|_+',
    '!@#$%^&*()`~',
    'Ω≈ç√∫˜µ≤≥÷',
    '¡™£¢∞§¶•ªº–≠',
    '⅛⅜⅝⅞',
    '⁰⁴⁵',
    "'",
    '"',
    "''",
    '""',
    "'\"'",
  ],
  // Scripts, in both directions, and letters that are drawn upside down or piled up.
  ...[
    '田中さんにあげて下さい',
    '사회과학원 어학연구소',
    '𠜎𠜱𠝹𠱓',
    'ЁЂЃЄЅІЇ',
    'בְּרֵאשִׁית',
    'مُنَاقَشَةُ',
    'הָיְתָהtestالصفحات',
    '﷽',
  ],
  ...['Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤', '˙ɐnbᴉlɐ ɐuƃɐɯ', 'Ｔｈｅ ｑｕｉｃｋ', '𝐓𝐡𝐞 𝐪𝐮𝐢𝐜𝐤', '⒯⒣⒠'],
  // Emoji, flags, joined ones.
  ...['😍', '👩🏽', '✋🏿 💪🏿', '0️⃣ 1️⃣', '🇺🇸🇷🇺🇸🇦', '(╯°□°）╯︵ ┻━┻)', '( ͡° ͜ʖ ͡°)'],
  // Blanks that are none, and marks of direction.
  ...['\u200Btest\u200B', '\u202Etest', '\u2066test\u2067', '\u00ADtest', 'a\u3000b', '\uFEFFtest'],
  // What would be run.
  ...[
    '<script>alert(123)</script>',
    '"><script>alert(123)</script>',
    '<img src=x onerror=alert(123) />',
    'javascript:alert(1)',
  ],
  ...[
    '1;DROP TABLE users',
    "1'; DROP TABLE users-- 1",
    "' OR 1=1 -- 1",
    "'; EXEC sp_MSForEachTable 'DROP TABLE ?'; --",
  ],
  ...[
    '$(touch /tmp/blns.fail)',
    '`touch /tmp/blns.fail`',
    '$HOME',
    "%x('ls -al /')",
    '../../../../etc/passwd%00',
    '%s%s%s%s%s',
    '{0}',
    '{{7*7}}',
  ],
  ...[
    '=1+1',
    '+61400000000',
    '-2+3',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.com","x")',
    "=cmd|'/C calc'!A0",
  ],
  ...[
    'CON',
    'NUL',
    'COM1',
    'Scunthorpe General Hospital',
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  ],
]
