/**
 * Names for pseudonyms, put together from syllables so that they read as names and are nobody's.
 * @module
 */

const combine = (heads: string, tails: string): readonly string[] => {
  const ends = tails.split(' ');
  return heads.split(' ').flatMap((head) => ends.map((end) => head + end));
};

/** 256 given names. */
export const givenNames = combine(
  'Al Bren Cor Dar El Fen Gal Hol Ith Jor Kel Lor Mer Nor Or Per',
  'adan bena cora dell eran fina gorn hild ista jan kira lanne mond neva oric tara',
);

/** 1024 family names. */
export const familyNames = combine(
  'Ash Birk Carn Dell Elm Fair Grenn Hart Ilver Jurn Kest Lark Mord Nyl Oak Penn Quar Rav Sel Thorn Ulm Vand Wex Yar Zell Brim Cald Drov Ever Fenn Glim Holl',
  'aby berg combe dane ester fall gard hurst inger jord kamp lund mere nell over pool quist rick sted toft under vale wick yard zell brook croft dorn feld gate holm moor',
);
