/**
 * Which column of a file stands for which of ours, where a person brings the file by hand: what the person says, else what
 * the header says in the words that HR systems use. Files that come by themselves are held to the guide's names. Pure.
 */
import { nearest } from '../../platform/nearest.ts'
import { foldText } from '../../platform/text.ts'
import { fileFaulty } from '../../platform/file-faults.ts'

/** Our column → the header of the file that stands for it. */
export type ColumnMapping = Readonly<Record<string, string>>

/**
 * Other words for our columns, folded and without anything but letters and digits. Only those that can hardly mean anything
 * else: "Title", "Position" or "ID" hold too many things.
 */
const otherWords: Readonly<Record<string, readonly string[]>> = {
  external_id: [
    'employeeid',
    'employeeno',
    'employeenumber',
    'employeecode',
    'staffid',
    'staffno',
    'staffnumber',
    'workerid',
    'workernumber',
    'payrollid',
    'payrollno',
    'payrollnumber',
    'personid',
    'personnelnumber',
    'personnelid',
  ],
  first_name: ['firstname', 'givenname', 'givennames', 'forename'],
  middle_name: ['middlename', 'middlenames', 'secondname'],
  last_name: ['lastname', 'surname', 'familyname'],
  dob: ['dateofbirth', 'birthdate', 'birthday'],
  email: ['emailaddress', 'workemail', 'workemailaddress'],
  position_id: ['positioncode', 'positionnumber', 'positionno', 'rolecode', 'roleid', 'jobcode'],
  licence_type: [
    'licencetype',
    'licensetype',
    'licencecode',
    'licensecode',
    'credentialtype',
    'credentialcode',
    'certificationtype',
    'checktype',
  ],
  licence_number: [
    'licencenumber',
    'licensenumber',
    'licenceno',
    'licenseno',
    'credentialnumber',
    'registrationnumber',
    'registrationno',
    'certificatenumber',
    'certificateno',
    'cardnumber',
    'cardno',
    'clearancenumber',
  ],
  issue_date: ['issuedate', 'dateissued', 'issued', 'dateofissue', 'validfrom', 'issuedon'],
  expiry_date: [
    'expirydate',
    'expirationdate',
    'expiry',
    'expires',
    'dateofexpiry',
    'validto',
    'validuntil',
    'expireson',
    'expiration',
  ],
  worker_type: ['workertype', 'employmenttype', 'engagementtype'],
  state: ['stateorterritory', 'stateterritory'],
  mobile: ['mobilenumber', 'mobilephone', 'mobileno', 'cellphone', 'mobilephonenumber'],
  job_title: ['jobtitle', 'positiontitle', 'roletitle'],
  license_code: ['licencecode', 'licensecode', 'licencetype', 'licensetype', 'credentialtype', 'requirement'],
}

function key(header: string): string {
  return foldText(header).replaceAll(/[^a-z0-9]/g, '')
}

export interface NamedHeader {
  /** For each column of the file the name that it counts under: one of ours, or its own in lower case. */
  readonly names: readonly string[]
  /** The columns that count under another name than their own: theirs and ours. */
  readonly renamed: readonly { readonly theirs: string; readonly ours: string }[]
}

/**
 * Names the columns of a file. What was said by hand wins, then our own names, then other words for them where exactly one
 * column goes by such a word. Throws FILE_FAULTY when the mapping names a column that the file does not have, or has twice.
 */
export function nameColumns(
  header: readonly string[],
  ours: readonly string[],
  mapping: ColumnMapping,
): NamedHeader {
  const own = header.map((cell) => cell.trim().toLowerCase())
  const names = [...own]
  const said = new Map<string, number>()
  for (const [name, theirs] of Object.entries(mapping)) {
    const places = own.flatMap((one, place) => (one === theirs.trim().toLowerCase() ? [place] : []))
    const [place] = places
    if (place === undefined || places.length > 1) throw mappingFault(name, theirs, header, places.length)
    const other = [...said].find(([, taken]) => taken === place)
    if (other)
      throw fileFaulty(
        'MAPPING_COLUMN',
        `The mapping says that the column "${theirs}" is both ${other[0]} and ${name}. Give each a column of its own.`,
        1,
        theirs,
      )
    said.set(name, place)
  }
  // A column that would count as one of ours by its own name, while another was said to be it, is none of ours.
  for (const [place, name] of own.entries())
    if (said.has(name) && said.get(name) !== place) names[place] = `${name} (of the file)`
  for (const [name, place] of said) names[place] = name
  const isTaken = (place: number): boolean => ours.includes(names[place] as string)
  for (const name of ours) {
    if (names.includes(name)) continue
    const words = [key(name), ...(otherWords[name] ?? [])]
    const places = header.flatMap((cell, place) =>
      !isTaken(place) && words.includes(key(cell)) ? [place] : [],
    )
    if (places.length === 1) names[places[0] as number] = name
  }
  return {
    names,
    renamed: names.flatMap((name, place) =>
      name !== own[place] && ours.includes(name) ? [{ theirs: header[place] as string, ours: name }] : [],
    ),
  }
}

function mappingFault(name: string, theirs: string, header: readonly string[], count: number): Error {
  const near = nearest(
    theirs,
    header.filter((cell) => cell.length <= 200),
  )
  const hint = near === undefined ? '' : ` Is it "${near}"?`
  return fileFaulty(
    'MAPPING_COLUMN',
    count === 0
      ? `The mapping says that ${name} is the column "${theirs}", but the header has none of that name.${hint}`
      : `The mapping says that ${name} is the column "${theirs}", but the header has ${count} of that name. Rename all but one.`,
    1,
    theirs,
  )
}
