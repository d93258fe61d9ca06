"""A key behind a passphrase that opens at once: what a real one costs is one test's business.

The files are in the age format like any other, with the least work that it knows (scrypt of 2^1),
which the library cannot be asked for when it writes: it has any computer take a second.
"""

from base64 import b85decode

from billdesk.core.db.locking import LockingKey

PASSPHRASE = "correct horse battery"
_PROTECTED = b85decode(
    "VP|D6Wo~0~d2n=TZ*DGca%V4gF$yg{Aai4Kd2n<fIC*n5MNUdbF;;CWXlhPjIb%n9Wl<n83U4)4HZV$JYhi0hOiV"
    "XvW>8K<S!+3ENi}FSVmB{jQb$i~Z*6%|IZ-r03N0-yATnxrOKfp;Q8iF6G-*z3FgI65L^gG7Q&UezdPq=qHhN<<S"
    "y)L;NH{@33KgWfQ55{OFybob>^2&96n~&TH2X@N@cFR)VB)Pj7n<P!Y0));!^!016#siYGJ2?E=}Y=VDjG!ppO`4"
    "Q2VZ<myaYy^Vw?tCagkZcM6wOwsK7j|&dD=x@^x4a>@*)+9ylA4h6K9c%#4pLP0G<b?QY>{(~e_c;Odqp;$`)40d"
    "HaxFrc3`AEUeXmDW(h19JkOr8qG!r7^qXA#SZw!t$UMHf{LYX&s<0ooQb@UCXhwaR"
)
QUICK_KEY = LockingKey("age12cmccm9wp9arhg7sx8yw2e9np02tspfmytx27fxcdy45sl767phssgxv69", _PROTECTED)
# Behind the same passphrase, but no key.
HOLDS_NO_KEY = b85decode(
    "VP|D6Wo~0~d2n=TZ*DGca%V4gF$yg{Aai4Kd2n<fF;i(cMow!@b7e6rZ7^nfNm(>cNoOE23UE<MQF>*1R5E#DS7c"
    "Z*VKz2%WKT<SHfTXdV_7g$H&r+<cWZBBZfa083N0-yAbDpiVRATYFm^^mYjiSpZ%jcpOm|^#a5G0zH$y8~XEAeUX"
    "H+Y0Yi4&r3brTx3#9ut-QuM5dgy9-6H$|4iVJD3tOQFyCt?4=T%ves)^(E"
)
HOLDS_NO_TEXT = b85decode(
    "VP|D6Wo~0~d2n=TZ*DGca%V4gF$yg{Aai4Kd2n<fP<eA?b~8#haw}GPd15zkN@;mPVnHA=3ORLdaBg)qRdPi`cuH"
    "beYB6RsLULDicWpCJWHMG$R6$j0c|%2cMJp>w3N0-yATcmuNlaEtOfY$GYj#Faay2zCLU%@5LsV33IYTgRLRdLUI"
    "5%xgR!Mnt3h!GI?%q#n5I}42CO+9`dnSjx*XHj#f}q3F8|D0-3;h"
)
