// The keys that a newcomer types: thirty signs, the last of which checks the others (models/domain/keys.py).
const ALPHABET = "34679ACDEFHJKMNPQRTVWXY";
const CARRYING = 29;

const normalised = (typed) => typed.replace(/[^0-9a-z]/gi, "").toUpperCase().replaceAll("G", "6").replaceAll("U", "V");

// Tells a slip of typing before it is sent, where it would count as an attempt. Says nothing of whether the key opens anything.
export function isKey(typed) {
  const key = normalised(typed);
  if (key.length !== CARRYING + 1 || [...key].some((sign) => !ALPHABET.includes(sign))) return false;
  const sum = [...key.slice(0, CARRYING)].reduce((total, sign, place) => total + ((place % 22) + 1) * ALPHABET.indexOf(sign), 0);
  return key[CARRYING] === ALPHABET[sum % ALPHABET.length];
}
