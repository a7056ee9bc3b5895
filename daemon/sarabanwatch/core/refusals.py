"""The words of refusals: what mail systems say, row by row, and the reason that it means.

One phrase stands between bars, in small letters; `*` stands for a few words in between. Rows are tried from the top: a
row stands above another where its words, met together with the other's, tell more. Knows the systems' own wording in the
languages they speak; refuses to know how a text is cut out of a mail (`core.bounce`) and how it is weighed (`core.reason`).
"""

from sarabanwatch.core.evidence import Reason

R = Reason

WORDS: tuple[tuple[str, Reason, str], ...] = (
    ("the recipient chooses", R.UNKNOWN, """
        recipient preferences | not accepting mail from | not accepting mail with | only accepts mail from
        recipient * has blocked | user * blocked | recipient's * settings | delivery not authorized by recipient
        recipient has rejected | rejected by recipient | recipient only accepts | not accepting messages from
        unwilling to accept | recipnotacc | only accepting mail from | is not accepting any mail
        message rejected due to user rules | notauthorized; not authorized to send to * user | user reject
        user refuses | refuse to receive | refuses to receive | restricted sms | suppressed sending
        suppression list | bounced address | unsubscribed address | message filtered | blocked by the recipient
        recipient's inbox rules | has opted out | does not wish to receive"""),
    ("not in the directory", R.NO_MAILBOX, """
        not listed in domino | not listed in * name | not listed in * directory | not listed in public"""),
    ("our address was verified", R.SENDER, """
        verification failed for"""),
    ("the hosting ended", R.DISABLED, """
        domain expired | domain has expired | domain is expired | hosting * expired | hosting * suspended
        this domain has been suspended"""),
    ("it may not exist", R.NO_DOMAIN, """
        account or domain may not exist"""),
    ("our syntax", R.SENDER, """
        incorrectly constructed | malformed address | improper sequence | bad sequence | unrecognized command
        command unrecognized | command not recognized | bad command | need mail command | need rcpt
        syntax error in parameters | 555 syntax error"""),
    ("a challenge", R.UNKNOWN, """
        requires confirmation | confirm this mail server | click * to be delivered | to prove you are"""),
    ("sender policy", R.SENDER, """
        dmarc | dkim | spf fail | spf check | spf: | (spf | spf=fail | spf policy | spf record | spf validation
        by spf | sender policy framework | sender id | not authenticated | unauthenticated | authentication required
        authentication check | authentication information | authentication fail | authentication-results
        failed authentication | not authorized to send | not permitted to send | not allowed to send
        not designated | unauthorized sender | pass authentication | domain owner * policy | arc validation
        authentication credentials | no-auth | must authenticate | authentifizierung erforderlich | openspf | #spf
        must issue * starttls | starttls command | tls required | requires tls | encryption required
        requires encryption | encryption needed | authrequired | unsigned dsn | required authentication level
        spf settings | domain authentication | authenticated by organization
        authentication is required | smtp auth | no spf | no passing | authentication unsuccess"""),
    ("our address is refused", R.SENDER, """
        sender address | sender denied | sender refused | sender verif | sender domain | sender is | sender not
        sender was rejected | sender reject | sender unknown | sender user unknown | sender mailbox | sender has
        domain of sender | domain of * sender | verify sender | verify the sender | verify your sender
        invalid sender | bad sender | badsender | unknown sender | unroutable sender | unroutable return
        invalid return | bad return | return-path | return path | envelope sender | envelope from
        mail from * reject | mail from * denied | from: domain | valid from | from: address | from address
        from domain | your address | your domain | your email domain | your mail domain | sending domain
        does not accept mail from * domain | not accept mail from this | email from * refused | not want mail from
        mail from you | mail from this host | domain * mismatch | null sender | empty envelope | bounce message
        empty sender | not allowed to post | permission to post | not authorized to post | posting to | not a member
        non-member | members only | moderated | awaits moderator | list moderator | restricted group
        not authorized for relay from | invalid domain * from | no mail from | unresolvable sender
        not in * whitelist | not on * whitelist | not an allowed sender | submitter | groups.google | grupo * google
        group * google | グループ * google | google groups | google グループ | send mail as | the address you send
        sender-account | batv | purported responsible | third-party dsn | secumail | fully qualified email address
        emetteur invalide | not owned by user | rfc 1035 violation | known senders | not pre-approved | senderfilter
        backscatter | malformed sender | returned mail not accepted | sender email | sender's email | sender e-mail
        does not exist e2110 | only accept mail from | tenantattribution | outbound sender | recursive cname | adresse expéditeur
        sendernoa | outgoing mail suspension | not member article | is not subscribed to this group | without solving a captcha
        absender * abgelehnt | absender * gesperrt | absender * ungültig | expéditeur * refus | expéditeur * rejet
        expéditeur invalide | remitente * rechazad | remitente * no válid | remitente inválid | remetente * rejeitad
        remetente inválid | mittente * rifiutat | отправител * отклон | отправител * заблок | 发件人 * 拒绝 | 寄件者 * 拒絕
        差出人 * 拒否 | 送信者 * 拒否 | ผู้ส่ง * ถูกปฏิเสธ | ปฏิเสธผู้ส่ง | may only be sent by | outbound tenant | sender's domain
        your account is | your account has | your account was | disabled for sending | sender account | sender's account
        sender does not | sender doesn't | callout fail | outgoing mail
        ผู้ส่งถูก | ผู้ส่งไม่ถูกต้อง | ผู้ส่งไม่มีอยู่ | ไม่มีสิทธิ์ส่ง
        ผู้ส่งไม่ได้รับอนุญาต | ผู้ส่ง * ไม่ได้รับอนุญาต | โดเมนผู้ส่ง | โดเมนของผู้ส่ง | ไม่ผ่านการยืนยันตัวตน | จากต่างประเทศ | ไม่ผ่านการตรวจสอบ spf"""),
    ("reverse DNS", R.SENDER, """
        reverse dns | ptr record | ptr resource | reverse lookup | rdns | no ptr | dns ptr | missing ptr
        reverse-lookup | reverse hostname | reverse address | reverse map | reverse ip
        does not have a valid reverse | cannot find your hostname | can't find your hostname
        cannot find your reverse | cannot resolve your | could not resolve your | unresolvable host
        cannot resolve host | unable to resolve your | client host rejected | helo command rejected
        ehlo command rejected | helo/ehlo | invalid helo | bad helo | helo name | helo reject | forged helo
        forward-confirmed | invalid hostname | hostname mismatch | mismatches client | name and ip
        doesn't have dns | dns validation | all hosts must have * dns | ip name lookup | ip name possibly forged
        forward dns | unresolvable relay | reverse record | ptr-record | ptr of | valid ptr | generic ptr
        no reverse | dns entry does not point
        your helo | unknown client"""),
    ("blocklist", R.SENDER, """
        blacklist | black list | black-list | blocklist | block list | block-list | blocked | denylist | dnsbl | rbl
        spamhaus | spamcop | barracudacentral | sorbs | surriel | mail-abuse.org | maps.vix | senderbase
        senderscore | sender score | reputation | banned ip | banned sending | banned sender | banned host | ip banned | is banned
        been banned | dynamic ip | dynamic * address | dynamically | dial-up | dialup | dul list | dul rbl | dul.dnsbl
        -dul | (dul | in dul | dul: | by dul | your ip
        ip address * reject | ip * block | invalid ip | listed in | listed at | listed by | listed on | open relay
        open proxy | compromised | not on the allow | connection refused by * policy | ip refused | host not allowed
        network not allowed | not allowed from | access from ip | access from your | access from host
        connections from * not | connection not authorized | unauthorized host | bad host | hostile | poor rep
        low rep | bad rep | your server | your host | your mail server | your mailserver | your network | this ip
        client ip | sending ip | sending mta | mail server * reject | is not allowed to connect
        your email provider | too much spam | spam source | spammer | abuse from | no access from | not welcome
        not accepting mail from your | email from * ip | abus detect | may not be mail exchanger | bad ip profile
        bad sender ip | unwanted messages | denied due to | spam list | zombie | blackhole | black hole | abuseat
        uceprotect | mailspike | invaluement | psbl | truncate.gbudb | ipcheck.proofpoint
        not accepting connections | not accept mail from * ip | we do not accept mail from
        access to submit messages | postmaster.free.fr | deny-listed
        smtp server of your isp | go away | as abusive | mass mailer | unverifyable | schwarze liste | auf einer blacklist
        liste noire | lista negra | чёрном списке | черном списке | 黑名单 | 黑名單 | บัญชีดำ | please try again later from [
        ถูกบล็อก | ถูกบล็อค | แบล็กลิสต์ | แบล็คลิสต์ | connection rejected | messages from * weren't sent"""),
    ("rate", R.SENDER, """
        rate limit | rate-limit | ratelimit | sending rate | too many connections | too many messages
        too many mail | too many recipients | too many errors | too many sessions | too many emails | too many smtp
        throttl | too fast | too frequent | too much mail | connection limit | connection rate | concurrent
        concurrency | over limit | exceeded * connections | exceed * rate | message limit | sending limit
        hourly limit | relay quota | daily limit | daily quota | limit exceeded for sender | unusual rate
        unexpected volume | user complaints | volume of | deferred due to | frequency | retry rate
        maximum * connections | messages per | trop de | max emails | emails per hour | numerous attempts
        reciplimit | too quickly | slow down | exceeded the max | per-domain connection | recipients per
        zu viele verbindungen | zu viele nachrichten | trop de connexions | demasiadas conexiones | demasiados mensajes
        muitas conexões | слишком много | 频率 | 太频繁 | 连接数
        ส่งอีเมลจำนวนมาก | จำนวนมากเกินไป | ส่งอีเมลมากเกินไป | ส่งบ่อยเกินไป | ถี่เกินไป
        sending quota | sender over quota | message quota | tenant exceed"""),
    ("refused before hearing anything", R.SENDER, """
        refused to talk to me | after initial connection | in reply to ehlo | in reply to helo | after ehlo
        after helo | did not like our ehlo | did not like our helo | did not like our greeting
        sent initial greeting | in greeting | [connect] | step: connect | step: helo | step: ehlo"""),
    ("mailbox full", R.FULL, """
        mailbox * full | mailbox full | mail box full | mailfolder * full | inbox * full | folder * full
        account * full | box is full | mailbox is almost full | mailbox has exceeded | mailbox exceed
        mailbox * over | mailbox size | mailbox * limit | over quota | overquota | over-quota | over the quota
        above quota | quota exceeded | quota-exceeded | exceed * quota | quota * exceed | quota is over
        out of quota | not enough storage | not enough disk | insufficient storage | insufficient disk
        exceed * storage | storage * exceed | storage limit | storage space | quota full | quota is full
        quota violation | disk quota | quota error | quota fail | quota has been | allocated * quota
        reached * quota | maximum * allowed storage | over the allowed quota | over its quota | beyond * quota
        user is over | user has too many | too much mail data | too much mail stored | space not enough
        out of storage | out of space | no space left | no more space | allowed space | quotaexceed | mailboxfull
        would exceed * quota | exceeding their quota | has too much mail | over * mailbox limit | over the maximum
        メールボックス * 一杯 | メールボックス * いっぱい | メールボックス * 満杯 | 容量 * 超え | 容量超過
        postfach * voll | postfach ist voll | speicherplatz | boîte * pleine | buzón * lleno | cuota excedida
        casella piena | переполнен | 邮箱已满 | 郵件信箱 * 滿 | 信箱已滿 | 空间不足 | ตู้จดหมาย * เต็ม
        กล่องจดหมาย * เต็ม | กล่องขาเข้า * เต็ม | เมลบ็อกซ์ * เต็ม | เมลบอกซ์ * เต็ม | พื้นที่ * เต็ม | พื้นที่ * ไม่เพียงพอ | พื้นที่ไม่พอ
        เกินโควตา | เกินโควต้า | กล่องจดหมาย * เกิน
        mailbox * เต็ม | เกินที่กำหนด * กล่องจดหมาย | โควตา * เต็ม | โควต้า * เต็ม | เกินขนาดที่กำหนดของกล่อง | เมล * เต็ม | disc quota
        diskspace quota | enough space | full mailbox | maildir over | space has been used
        exceeding receiving limits | destinataire pleine | boite * pleine
        exceeds the maximum size allowed for mail delivery | archive quota | recipient reached | shutoffquota
        exceeded its disk | exceeded the local limit | mailboxsize | quota limit | storage quota | has no space
        is over the limit
        mailbox quota | postfach * überfüllt | quota dépass | boîte * saturée | quota * überschritten | quota superat
        caixa * cheia | cota excedida | cota * excedida | casella * piena | cuota * excedid | almacenamiento * lleno
        превышена квота | квота * превышен | 收件箱已满 | 邮箱 * 满 | 空間不足 | 配额 | skrzynka * pełna | postvak * vol
        postvak is vol | schránka * plná | user has too many messages on"""),
    ("message too large", R.TOO_LARGE, """
        message is too | message size | message length | messages size | message file too | mail size | mail too
        size of this message | size of the message | message exceed | message * larger | exceed * maximum size
        exceed * size | size exceed | exceed * length | too large | too big | too much data | data size | size limit
        maximum message | max message | fixed maximum | larger than | bigger than | line length
        administrative limit | exceeded storage allocation * message | size restriction | sizelimit
        nachricht * zu gro | message trop | tamaño * mensaje | メッセージ * サイズ | サイズ * 超 | サイズ制限
        大きすぎ | มีขนาดใหญ่เกิน | ขนาดใหญ่กว่า | ขนาด * เกิน | ใหญ่เกินไป | เกินขนาด | taille limite | line limit | message header size
        message * trop volumineux | taille * dépass | mensaje * grande | mensagem * grande | messaggio * grande
        сообщение * большое | размер * превыш | 邮件太大 | 邮件过大 | 郵件太大 | 邮件大小 * 超 | nachrichtengröße"""),
    ("loop", R.LOOP, """
        mail loop | mailloop | routing loop | loops back | mail forwarding loop | loop detect | too many hops
        hop count | too many received | looping | loop alert | loop back | loop count | เกิดการวนซ้ำ | วนลูป | จดหมายวน
        maximum forwarding | mxloopback | points back to | วนกลับ"""),
    ("relaying denied", R.UNKNOWN, """
        relaying denied | relay denied | relaying mail | relay access denied | relay not permitted
        relay not allowed | not permit * relay | unable to relay | relaying not | relaying prohibited | relaying is
        relay is | relay reject | relaying reject | no relaying | not a gateway | not a relay | can't relay
        relay attempt | relay operation | not allowed to relay | not relay | insecure mail relay | as a relay
        mail server requires auth | relay * prohibited | relay * forbidden | allowed rcpthosts
        not in my list of allowed | not our mx | not * local domain | is not local | not hosted here | not a local
        not configured to accept | not served here | not for this domain | email address is not verified
        handle mail for | get lost | not local host | non-local"""),
    ("content", R.CONTENT, """
        spam | virus | malware | malicious | infected | trojan | worm | content reject | message content
        content filter | content restriction | content policy | content * not | content denied | content block
        header content | junk | unsolicited | bulk mail | bulk email | attachment type | attachment not
        attachments not | forbidden attachment | executable | prohibited | phish | scam | offensive | objectionable
        suspicious | dangerous | blacklisted url | uribl | surbl | url in message | uri in | links in | cloudmark
        looks like | classif | brightmail | ironport | message rejected | message was rejected
        message has been rejected | rejected due to * content | considered | high probability | filtered by
        filter reject | quarantin | message refused | message not accepted | message not allowed | mail rejected
        mail refused | message denied | denied by policy | policy reject | violat | policy reasons | local policy
        policy restriction | administrative prohibition | administrator policy | security polic | security reason
        mail policy | not accepted for polic | poisons | unacceptable content | rejected for policy
        reject * policy | under policy | by rule | rule imposed | transport rule | ruleset | rfc5322 | rfc 5322
        rfc2822 | rfc 2822 | rfc822 | rfc 822 | missing header | header missing | invalid header | duplicate header
        malformed header | malformed message | 8-bit | 8bit | bare lf | bare line | non-compliant | not compliant
        not rfc | rfc compl | missing * header | mime | charset | improper * header | message-id header
        from: header | multiple from | multiple addresses in from | verbot | nachricht * abgelehnt | inhalt
        contenu | スパム | ウイルス | ウィルス | 迷惑メール | 垃圾邮件 | спам | สแปม | ไวรัส | มัลแวร์ | จดหมายขยะ
        เมลขยะ | เนื้อหา * ไม่ | ไฟล์แนบ | นโยบายความปลอดภัย | ขัดต่อนโยบาย | ขัดกับนโยบาย | rejected due to content
        complexity exceeds | unnecessary base64 | header size | scored | unwanted | content scanner | heuristic
        bounced due to organizational | delivery not authorized | closed mailing list | given low priority
        bitdefender | clamav | suspected | not accepted due | contains * url | banned | transportrules
        message contains | rejected by our | illegal attachment | file type | potentially harmful
        unerwünscht | correo no deseado | pourriel | indésirable | virus gefunden | 病毒 | 垃圾郵件 | вирус | สแกนพบ
        ไฟล์ประเภทนี้ | ลิงก์อันตราย | ลิงก์ต้องสงสัย | mi:spb | dt:spm | rp:trc"""),
    ("said to our MAIL FROM", R.SENDER, """
        in reply to mail from | after mail from | did not like our mail from | sender was rejected | [mail_from]
        mail from command | while sending mail from | smtp command mail | >>> mail from | step: mail from"""),
    ("mailbox disabled", R.DISABLED, """
        disabled | inactive | suspended | deactivated | deactive | account * locked | mailbox locked
        mailbox * locked | is locked | not active | account * expired | mailbox * expired | expired account
        account expired | frozen | account * closed | account closed | account has been closed | discontinued
        account * terminated | dormant | mailbox is * blocked | out of service | no longer active
        no longer in use * account | has been * suspend | account is unavailable | temporarily * suspend
        account * hold | recipient suspend | mailbox currently | is not allowed to receive | not receiving mail
        not accepting mail | not accepting messages | mailbox not accept | gesperrt | deaktiviert | désactivé
        desactivad | заблокирован | 停用 | 禁用 | 利用停止 | ถูกระงับ | ระงับการใช้งาน | ปิดใช้งาน | ปิดการใช้งาน | ถูกปิด
        เลิกใช้ | บัญชี * หมดอายุ | ถูกล็อก | ถูกล็อค
        ยกเลิกการใช้อีเมล | ยกเลิกการใช้งาน | archived | archivee | temporary locked | is terminated | user terminated
        no longer accepts mail | extended inactivity | has expired | locked out | account * retired | deprovision
        has been deleted * account
        cuenta suspendida | cuenta * suspendid | cuenta * bloquead | conta suspensa | conta * suspens | conta * bloquead
        compte * suspendu | compte * désactiv | compte * bloqu | casella * disabilitat | casella * sospes | account * sospes
        отключен | приостановлен | неактив | 冻结 | 凍結 | 已停止 | 無効 | 休止 | konto * deaktiv | stillgelegt | opgeheven
        zablokowan | account unavailable"""),
    ("greylisted", R.TEMPORARY, """
        greylist | graylist | grey-list | gray-list | grey list | try again in | please try again | try later
        try again later | back later | please retry
        später erneut | später noch | plus tard | más tarde | mais tarde | più tardi | позже | 稍后 | 稍後 | 後でもう一度"""),
    ("takes no mail", R.NO_MAIL, """
        does not accept mail | does not accept any mail | doesn't accept mail | does not accept email
        host does not accept | not accepting network messages | nullmx | null mx | mx * null | null-mx | mx 0 .
        no valid mx | no mx record | no mx or | no mail hosts for | no mail servers for | no mail exchanger
        domain * does not accept | domain does not receive | we don't accept mail | smtp protocol returned * 521
        does not receive mail | all relevant mx records point to non-existent
        lowest numbered mx record points to local | system does not accept | no longer accepts mail
        only sends mail | ไม่รับอีเมล | ไม่เปิดรับ | ไม่ให้บริการรับอีเมล | ไม่ได้ให้บริการอีเมล | ไม่มีเครื่องรับอีเมล | indicated no smtp service"""),
    ("host not found, for now", R.TEMPORARY, """
        host not found; try again | not found, try again | hostname lookup * try again
        destination computer could not be found | dns lookup failure * try again | name lookup * temporar
        dnsquery failed | dns query failed | unrouteable mail domain | unroutable mail domain"""),
    ("no such domain", R.NO_DOMAIN, """
        host unknown | unknown host | host not found | hostname not found | host name * not found | domain not found
        domain name not found | name or service not known | no such domain | no such host | any host named
        domain * not exist | domain does not exist | domain doesn't exist | domain * not found | host * not found
        non-existent domain | nonexistent domain | domain * cannot be resolved | type=mx: host | type=a: host
        nxdomain | unknown domain | domain is not reachable | not a valid domain | invalid domain name
        unrouteable domain | unroutable domain | bad destination system | host lookup did not complete
        dns lookup fail | does not resolve | domain unknown | illegal host | couldn't find any host
        couldn't find the domain | cannot find * domain | domain isn't in my list | mx * not found
        no address associated | dns error | unknown mail server | server for * could not be found | domäne * nicht
        domain * nicht gefunden | domaine * introuvable | ไม่พบโดเมน | ไม่พบเซิร์ฟเวอร์ของโดเมน
        ไม่รู้จักโดเมน | ไม่มีโดเมน | โดเมน * ไม่มี | โดเมน * ไม่พบ
        ไม่พบชื่อโดเมน | โดเมน * ไม่ถูกต้อง | nonexistentdomain | domain must exist | no route found to domain
        no route to domain | mail domain mentioned | domain isn't * found | the domain * couldn't be found | domain name does not
        remote domain doesn | domain * invalid
        domain * dead | домен * не | 域名不存在 | dominio no * existe | domaine inconnu"""),
    ("temporary trouble", R.TEMPORARY, """
        temporary fail | temporary lookup | temporary error | temporary local | temporary problem
        temporarily unavail | temporarily defer | temporarily not | temporarily unable | tempfail
        transaction failed | internal system | internal server | server configuration | mailbox temporar
        mailbox busy | mailbox is busy | mailbox unavailable (busy
        scheduled maintenance | down for maintenance | ปิดปรับปรุง
        resources temporar | system problem | service currently unavailable
        server is currently | try your request | system full | too many processes | overloaded | local problem
        please wait"""),
    ("no such mailbox", R.NO_MAILBOX, """
        no such local user | user not local | mailbox name not allowed | is unknown here
        user unknown in | no user * name | user not found | user * not found | user not known
        user does not | user doesn't | doesn't have an account | doesn't have a * account | user is unknown
        user invalid | invalid user | bad user | not a known user | not a valid user | no valid recipient
        not a registered | not registered | not an active address | no active | recipient unknown
        recipientnotfound | recipnotfound | recipient not known | recipient does not | recipient doesn't
        recipient invalid | bad recipient | bad_recipient | no such recipient | recipient is not
        recipient no longer | recipient cannot | not recognized | recipient address rejected: access denied
        unknown in virtual | unknown in local | unknown in relay | in virtual mailbox table
        in local recipient table | mailbox * not found | mailbox unknown | unknown mailbox | mailbox does not
        mailbox doesn't | no mailbox | invalid mailbox | bad mailbox | mailbox is inactive | not a valid mailbox
        mailbox not | address not found | address * not found | address unknown | unknown address | unknown e-mail
        unknown email | no such address | no such email | no such e-mail | address does not | address doesn't
        address invalid | bad address | address rejected: undel | undeliverable address | address is not
        address * is wrong | address * no longer | address you entered couldn't | address wasn't found
        address couldn't | email address * exist | e-mail address * exist | account not found | account * not found
        account unknown | unknown account | no such account | no account | account does not | account doesn't
        account invalid | invalid account | account not available | no such person | no such name | unknown local
        unknown to | local part | local-part | unrouteable address | unroutable address
        unknown or illegal | unknown or invalid | unknown alias | not our customer | not a customer
        addressee unknown | no longer with | no longer works | no longer available | no longer valid
        no longer exist | no longer at | doesn't exist | not exist | non-existent | nonexistent | has moved
        has left | address changed | addressunknown | userunknown | person * not found | cannot find user
        can't find user | could not find user | name not found | invalid final delivery | final delivery userid
        nosuchuser | not listed in * name | not listed in * directory | not in directory | directory * not found
        more than one recipient | illegal alias | illegal address | illegal user | bad destination
        destination * not found | destination addr | unable to find recipient | unable to locate | unknown recip
        not known here | not known at | not here | possibly incorrect | inexistent | unbekannt | existiert nicht
        nicht gefunden | inconnu | n'existe pas | n'a pas été trouv | introuvable | non recens | usuario no
        no existe | no se encontr | desconocid | não existe | nao existe | desconhecid | sconosciut | non esiste
        inesistente | не существует | не найден | неизвестный | нет такого | пользователь не | onbekend
        bestaat niet | nie istnieje | neexistuje | nem létez | 存在しない | 存在しません | 宛先不明 | 見つかりません
        不存在 | 没有这个 | 查无此 | 無此 | 존재하지 | ไม่พบผู้รับ | ไม่รู้จักผู้รับ | ไม่มีผู้รับ | ไม่มีผู้ใช้ | ไม่พบผู้ใช้ | ไม่มีตู้จดหมาย
        ไม่พบตู้จดหมาย | ไม่พบกล่องจดหมาย | ไม่มีกล่องจดหมาย | ไม่พบที่อยู่ | ไม่มีที่อยู่ | ไม่พบบัญชี | ไม่มีบัญชี | ไม่มีอยู่จริง | ไม่มีอยู่ในระบบ
        ไม่พบในระบบ | ผู้รับไม่ถูกต้อง | ผู้รับไม่มีอยู่ | ไม่มีอีเมลแอดเดรส | ไม่มีอีเมลนี้ | ไม่พบเมลบ็อกซ์ | ไม่พบเมลบอกซ์ | ไม่พบอีเมลผู้รับ
        ไม่พบอีเมลปลายทาง | ไม่พบรายชื่อ | ไม่มีชื่อบัญชี | ผู้ใช้ * ไม่มีในระบบ | ผู้รับ * ไม่มีในระบบ | บัญชี * ถูกลบ | ไม่มี mailbox | ไม่พบ mailbox
        ไม่รู้จักผู้ใช้ | ไม่มีรายชื่อ | smtputf8 | contains utf8 | utf8 * not supported | badrcptto | validrcptto
        envelope recipient * denied | address not present | can't accept user | no one at this | home directory
        recipient not ok | no mail box | not a valid recipient | nessun utente | delivery has failed on address
        destination server rejected | addresses were unknown | unknown virtual | no such mail | no matches
        adr.recip | has been replaced by | mailbox cannot be found | user cannot be found | address cannot be found
        ne correspond | aucun utilisateur | kein postfach | konto existiert | gelöscht | does not have an account
        account is unknown | unavailable mailbox | receiver not found | receiver unknown | addressee * not found
        nicht bekannt | keine mailbox | non trovat | destinatario inesistente | utente inesistente | brak takiego | brak konta
        okänd | tuntematon | ukjent | bilinmeyen | bulunamad | 無此使用者 | 找不到 | 用户未找到 | 查無 | ไม่พบชื่อผู้ใช้
        recipients was undeliverable | onbekende"""),
    ("user unknown", R.NO_MAILBOX, """
        user unknown | unknown user | users unknown | no such user | invalid recipient | recipient not found
        invalid address | mailbox unavailable | mailbox not available | account that you tried"""),
    ("network", R.TEMPORARY, """
        try again | timed out | timeout | time out | connection refused | no route to host | network is unreachable
        host unreachable | connection reset | connection * closed | connection dropped | lost connection
        connection lost | connection to mail exchanger | connection died | broken pipe | unable to connect
        could not connect | couldn't connect | can't connect | cannot connect | failed to connect
        unable to make a connection | connect to | not responding | did not respond | no response | smtp connection
        temporary | temporarily | transient | busy | overload | insufficient system | system resources
        server error | service unavailable | service not available | out of memory | delivery time | expired
        gave up | giving up | multiple retries | delivery attempts | been in the queue | has been in queue
        queue too long | too long in | still in queue | cannot send message for | could not send message for
        delivery failed 20 | undeliverable for | for too long | unable to deliver in | warning: could not
        attempts to deliver | after * attempts | smtp protocol | protocol error | remote protocol | internal error
        internal system | system error | local error | local configuration | configuration error
        configuration problem | config error | command output | command died | command time | aliasing | alias loop
        write error | i/o error | mailer error | mailer died | program * exit | exit status | child status
        server configuration | queue file | lookup failure * temp | dns error * temp | servfail | name server * fail
        name service error | dns server | dns lookup * fail | too many results | resolver fail | unable to route
        no transport | could not find a gateway | malformed name server | authoritative answer * not
        ไม่สามารถเชื่อมต่อ | ไม่สามารถติดต่อ | ติดต่อไม่ได้ | พยายามส่งใหม่ | ปลายทางไม่ว่าง | ไม่สามารถนำส่งได้ภายใน
        ลองอีกครั้ง | ลองส่งอีกครั้ง | เครือข่ายมีปัญหา | กำลังพยายามส่ง | ส่งล่าช้า
        เชื่อมต่อไม่ได้ | หมดเวลา | หมดอายุ | ชั่วคราว | ลองใหม่ | ขัดข้อง | ไม่ตอบสนอง | タイムアウト
        接続できません | zeitüberschreitung | cannot be reached | could not be reached * server
        retry time not reached | collected after | sitting in queue | failing for a long | queue period | procmail
        pipe to | mailer failed | interrupted system call | output file | no mdb | misconfigured | zu lange
        smtpsend | unable to resolve route | over 24 hours | out of service hours | unexpected eof | tls handshake
        tls negotiation | certificate"""),
)
WEAK: tuple[tuple[str, Reason, str], ...] = (
    ("the recipient is refused", R.UNKNOWN, """
        recipient rejected | address rejected | rejected recipient | recipient refused"""),
    ("the address is doubted", R.NO_MAILBOX, """
        check if address is correct | check if the address is correct"""),
    ("refused without a reason", R.SENDER, """
        denied | rejected | refused | not allowed | not permitted | not authorized | unauthorized"""),
)
