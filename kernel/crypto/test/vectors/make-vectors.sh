#!/bin/sh
# Makes the committed test vectors anew, with the openssl command (3.0 or newer). Run it in this folder.
# The key is a test key and protects nothing.
set -eu
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 36500 -utf8 \
  -subj '/C=NO/O=Prøvekommune/CN=Prøvesertifikat æøå' 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -keyout other-key.pem -out other-certificate.pem -days 36500 -subj '/CN=Another' 2>/dev/null
rm other-key.pem
printf 'Forsendelsen er mottatt. %.0s' $(seq 40) > plain.txt

encrypt() {
  name=$1
  shift
  openssl cms -encrypt -binary -in plain.txt -outform DER -out "$name.cms" "$@"
}
oaep='-keyopt rsa_padding_mode:oaep'
encrypt oaep-sha256-ber -stream -aes-256-cbc -recip certificate.pem $oaep -keyopt rsa_oaep_md:sha256
encrypt oaep-sha256-der -aes-256-cbc -recip certificate.pem $oaep -keyopt rsa_oaep_md:sha256
encrypt oaep-sha1 -aes-128-cbc -recip certificate.pem $oaep
encrypt oaep-sha384 -aes-256-cbc -recip certificate.pem $oaep -keyopt rsa_oaep_md:sha384
encrypt oaep-sha512 -aes-256-cbc -recip certificate.pem $oaep -keyopt rsa_oaep_md:sha512
encrypt oaep-sha256-mgf1-sha1 -aes-256-cbc -recip certificate.pem $oaep -keyopt rsa_oaep_md:sha256 -keyopt rsa_mgf1_md:sha1
encrypt oaep-sha1-mgf1-sha512 -aes-256-cbc -recip certificate.pem $oaep -keyopt rsa_oaep_md:sha1 -keyopt rsa_mgf1_md:sha512
encrypt oaep-label -aes-256-cbc -recip certificate.pem $oaep -keyopt rsa_oaep_md:sha256 -keyopt rsa_oaep_label:0102030405
encrypt oaep-label-mixed -aes-256-cbc -recip certificate.pem $oaep -keyopt rsa_oaep_md:sha256 -keyopt rsa_mgf1_md:sha1 -keyopt rsa_oaep_label:0102030405
encrypt pkcs1-aes256-ber -stream -aes-256-cbc -recip certificate.pem
encrypt pkcs1-aes192 -aes-192-cbc -recip certificate.pem
encrypt pkcs1-des3 -des3 -recip certificate.pem
encrypt key-id -aes-256-cbc -keyid -recip certificate.pem
encrypt two-recipients -aes-256-cbc -recip other-certificate.pem -recip certificate.pem
encrypt for-another -aes-256-cbc -recip other-certificate.pem
