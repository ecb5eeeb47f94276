/** Examples of the contract's document. Each is sent by a test. */

const microcredential = {
  credential_id: 'b7a1-micro-1',
  fields: {
    full_name: 'John Doe',
    issuer_name: 'Skill Test Provider',
    microcredential_name: 'AI Essentials',
    issue_date: '2024-04-30',
    expiry_date: '2026-08-30',
  },
  assets: [{ asset_id: 'b7a1-micro-1-asset', asset_type: 'pdf' }],
}

const englishProficiency = {
  credential_id: 'b7a1-eng-1',
  fields: {
    full_name: 'John Doe',
    test_provider: 'Skill Test Provider',
    test_name: 'English SPEAKING',
    completion_date: '2024-01-01',
    expiry_date: '2026-01-01',
    test_scores: {
      cefr_scores: { speaking: 'B2', combined: 'B2' },
      overall: { score: '100', scale: 'EnglishScore' },
      subskills: [{ skill: 'pronunciation', score: 88 }],
    },
  },
}

export const examples = {
  digital_identity: {
    credential_id: 'b7a1-id-1',
    fields: {
      full_name: 'John Doe',
      date_of_birth: '1992-03-15',
      identity_document_validity: 'government_database',
      identity_document_liveness: 'automated',
      identity_document_person_match: 'automated',
    },
  },
  education: {
    credential_id: 'b7a1-edu-1',
    fields: {
      full_name: 'John Doe',
      education_provider: 'University of Melbourne',
      course_name: 'BSc',
      conferral_year: '2024',
      has_majors: true,
      majors: ['IT'],
      transcript: {
        overall: { issuance_date: '2024-12-10', score: '82' },
        subjects: [
          {
            name: 'Algorithms',
            code: 'COMP30027',
            credit: 12.5,
            score: 88,
            grade: 'H1',
            completion_date: '2024-06-30',
          },
        ],
      },
      partner_chain: [{ name: 'Partner Organization' }],
    },
    assets: [{ asset_id: 'b7a1-edu-1-asset', asset_type: 'pdf' }],
  },
  microcredential,
  english_proficiency: englishProficiency,
  right_to_work: {
    credential_id: 'b7a1-rtw-1',
    fields: { full_name: 'John Doe', country: 'SG', singapore_work_rights: 'resident' },
  },
  career_history: {
    credential_id: 'b7a1-ch',
    fields: {
      full_name: 'John Doe',
      employment: [
        {
          organisation: 'Company A',
          role_title: 'Senior Software Engineer',
          start_date: '2024-01',
          last_processed_month: '2024-07',
        },
      ],
    },
  },
  universal_credential: {
    credential_id: 'b7a1-uc-1',
    fields: {
      full_name: 'John Doe',
      credential_name: 'Example Certification',
      credential_sub_type: 'Cert',
      issuer_name: 'Example Issuer',
      issue_date: '2024-08-31',
      expiry_date: '2026-08-31',
      credential_details: { level: 3 },
    },
    assets: [{ asset_id: 'b7a1-uc-1-asset', asset_type: 'png' }],
  },
} as const

export const batchExample = {
  credential_id: '3601f8ae-9181-41a3-89ed-6dbe5ecde2b5',
  digital_identity: { credential_id: 'b7a1-id-0', fields: { full_name: 'John Doe' } },
  microcredential_items: [microcredential],
  english_proficiency_items: [englishProficiency],
}

export const uploadUrlExample =
  'https://vouchsafe.example/api/partner/uploads/prt_4fGhT2mN8qRs6vWx/ast_9kLmN3pQrS5tUvWx?type=pdf&max=26214400&expires=1790000000&signature=Zm9yIHRoZSBkb2N1bWVudCBvbmx5LCBubyBzaWduYXR1cmU'

export const addedExample = {
  redirect_uri:
    'https://vouchsafe.example/partner/add/batch#clientId=pcl_4fGhT2mN8qRs6vWx&content=sub_7hJkL9mNpQrStUvW',
  asset_uploads: [{ asset_id: 'b7a1-micro-1-asset', url: uploadUrlExample }],
}
