/**
 * Names of medicines in a text.
 * @module
 */
import { wordsOf } from '../../../data/pairs/checks/words.js';

/**
 * Endings of international nonproprietary names, from the World Health Organization's list of stems ("The use of stems in the
 * selection of INN", 2024): those that hardly any other English word has.
 */
const stems =
  'cillin mycin micin cycline floxacin oxacin penem bactam fungin conazole nidazole prazole bendazole olol sartan pril statin dipine thiazide semide gliptin gliflozin glutide glitazone formin parin xaban gatran grel triptan setron oxetine azepam zolam zepam barbital caine dronate dronic profen fenac coxib lukast terol asone isone olone sonide tropium stigmine afil tidine triptyline ipramine peridol azepine gabalin vir mab tinib ciclib zomib platin rubicin taxel fibrate vaptan curium relin tocin pressin lamide citabine mustine nercept kinra tinoin apine idone piprazole faxine'.split(
    ' ',
  );
const byStem = new RegExp(`^[a-z]{2,20}(?:${stems.join('|')})s?$`);

/** Words that end like a medicine and are none. */
const others = new Set(
  'april cholesterol sterol phytosterol ergosterol histidine cytidine mongrel'.split(' '),
);

/** Common medicines, and classes of them, whose names have none of these endings. */
const listed = new Set(
  'aspirin paracetamol acetaminophen warfarin insulin morphine codeine oxycodone hydrocodone fentanyl methadone tramadol naloxone digoxin lithium metformin levothyroxine prednisone prednisolone hydrocortisone cortisone heparin adrenaline epinephrine noradrenaline dopamine atropine ketamine propofol nitroglycerin amiodarone verapamil diltiazem spironolactone methotrexate azathioprine ciclosporin cyclosporine tacrolimus sirolimus tamoxifen letrozole anastrozole colchicine allopurinol quinine chloroquine hydroxychloroquine ivermectin aciclovir acyclovir oseltamivir trimethoprim sulfamethoxazole nitrofurantoin vancomycin gentamicin doxycycline isoniazid rifampicin rifampin ethambutol dapsone valproate phenytoin lamotrigine levetiracetam carbamazepine gabapentin haloperidol chlorpromazine clozapine olanzapine quetiapine risperidone sertraline citalopram escitalopram venlafaxine bupropion mirtazapine trazodone zolpidem melatonin methylphenidate donepezil memantine levodopa carbidopa baclofen salbutamol albuterol theophylline aminophylline cetirizine loratadine diphenhydramine omeprazole ranitidine loperamide ondansetron metoclopramide domperidone oxytocin misoprostol mifepristone estradiol oestradiol progesterone testosterone finasteride tamsulosin sildenafil naproxen ibuprofen diclofenac minoxidil hydralazine nifedipine clonidine prazosin doxazosin clopidogrel ticagrelor alteplase streptokinase tranexamic interferon remdesivir dexamethasone botulinum opioid opiate antibiotic antidepressant benzodiazepine steroid corticosteroid nsaid statin diuretic anticoagulant antihistamine chemotherapy ozempic wegovy glucophage lipitor zocor crestor tylenol advil motrin aleve viagra cialis prozac zoloft xanax valium ativan plavix eliquis xarelto coumadin lasix zantac nexium prilosec humira keytruda herceptin ventolin synthroid lantus humalog januvia jardiance lyrica neurontin ritalin adderall augmentin'.split(
    ' ',
  ),
);

/**
 * The medicines and classes of medicines that a text names, in small letters and the singular.
 *
 * @param more further names, in small letters
 */
export function drugsIn(text: string, more: ReadonlySet<string> = new Set()): Set<string> {
  const found = new Set<string>();
  for (const written of wordsOf(text)) {
    const whole = written.replace(/['’]s$/, '');
    for (const word of new Set([whole, ...whole.split('-')])) {
      const singular = word.replace(/s$/, '');
      if (listed.has(singular) || more.has(singular) || more.has(word)) found.add(singular);
      else if (word.length >= 6 && byStem.test(word) && !others.has(singular) && !others.has(word))
        found.add(singular);
    }
  }
  return found;
}
