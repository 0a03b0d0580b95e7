# 一个季度：示例新区人才办 2020 年第三季度。人员、单位、文号均为虚构，政策包均为示例。
# One quarter of an office. People, units and document numbers are invented, the policies are examples.
#
# 每行都是一条真实命令。`rencai demo` 在新文件夹中逐行执行；也可在 examples/ 的副本中自行运行：
# Every line is a real command line. `rencai demo` runs them in a new folder; so does, in a copy of examples/:
#     mkdir -p out && RENCAI_DB=office.db sh story.sh
# 行尾 `# exit 3` 表示该命令应以退出码 3 结束，多为被规则拒绝。 `# exit 3` behind a line: it ends so, mostly because a rule refuses it.
# 全部为补录：--date 是业务日期，--reason 是原因，操作日志另记实际录入时间。
# All of it is entered afterwards: --date is the business day, --reason says why, the log keeps the time of entry.

## 建库授权：谁经办、谁审核、谁审批、谁出纳 | The office, and who may do what
# 新建业务库，载入方案指标、任务和产业小镇 | a new office with the plan's targets, tasks and towns
rencai init --zone 和林格尔新区（示例） --lang zh --date 2020-07-01 --reason 补录
# 工作日历随程序提供，期限据以计算 | the calendar of working days comes with the program; terms run by it
rencai calendar show 2020
# 本机用户为管理员，可代他人录入；另四人分任经办、审核、审批、出纳 | you are the administrator; four others have a role each
rencai actor add 示例管理员 --os-user "$USER" --role clerk,privacy,auditor,proxy --date 2020-07-01 --reason 补录
rencai actor add 孟示文 --os-user demo-clerk --role clerk --date 2020-07-01 --reason 补录
rencai actor add 沈示华 --os-user demo-reviewer --role clerk,reviewer --date 2020-07-01 --reason 补录
rencai actor add 傅示平 --os-user demo-approver --role approver --date 2020-07-01 --reason 补录
rencai actor add 贾示安 --os-user demo-cashier --role cashier --date 2020-07-01 --reason 补录
# 批文登记入库，附扫描件 | decisions on paper, with their scans
rencai decision add --document-no 示例人才〔2020〕1号 --body 示例新区人才工作领导小组 --day 2020-06-28 --title 人才工作各项办法（试行） --file papers/decision-1.txt --date 2020-07-01 --actor 孟示文 --reason 补录
rencai decision add --document-no 示例人才〔2020〕2号 --body 示例新区人才工作领导小组 --day 2020-06-28 --title 重点任务分工 --file papers/decision-2.txt --date 2020-07-01 --actor 孟示文 --reason 补录
rencai decision add --document-no 示例财〔2020〕1号 --body 示例新区财政局 --day 2020-06-30 --title 下达人才发展引导资金 --limit 2500000 --file papers/budget-1.txt --date 2020-07-01 --actor 孟示文 --reason 补录
# 政策未经批文确认的，不能据以办理 | nothing is decided by a policy before a decision confirms it
rencai recognition grant P000001H --class A --decision 示例人才〔2020〕1号 --date 2020-07-01 --actor 孟示文 --reason 补录 # exit 78
rencai policy confirm recognition --basis 示例人才〔2020〕1号 --date 2020-07-01 --actor 傅示平 --reason 补录
rencai policy confirm card --basis 示例人才〔2020〕1号 --date 2020-07-01 --actor 傅示平 --reason 补录
rencai policy confirm services --basis 示例人才〔2020〕1号 --date 2020-07-01 --actor 傅示平 --reason 补录
rencai policy confirm benefits --basis 示例人才〔2020〕1号 --date 2020-07-01 --actor 傅示平 --reason 补录
rencai policy confirm integrity --basis 示例人才〔2020〕1号 --date 2020-07-01 --actor 傅示平 --reason 补录

## 名册入库：整齐的和不整齐的 | Rosters, tidy and untidy
rencai roster import orgs.csv --kind org --date 2020-07-02 --actor 孟示文 --reason 补录
rencai roster import platforms.csv --kind platform --date 2020-07-02 --actor 孟示文 --reason 补录
rencai roster import stories.csv --date 2020-07-02 --actor 孟示文 --reason 补录
rencai roster import leave.csv --kind leave --date 2020-07-02 --actor 孟示文 --reason 补录
# GB 18030、标题行、合并表头、号码有误：好的入库，有误的退回，疑似的待审核 | good rows in, faulty ones back, likely twins put up
rencai roster import messy-gb18030.csv --partial --rejects out/messy-rejects.csv --date 2020-07-02 --actor 孟示文 --reason 补录 # exit 1
# 退回的改正后再导入 | the faulty rows, mended
rencai roster import mended.csv --date 2020-07-03 --actor 孟示文 --reason 补录
# 15 位老号码与 18 位号码实为一人，由人决定；另一条留待审核 | an old number and its new form are one person: a person says so
rencai roster review decide 1 --same --date 2020-07-03 --actor 沈示华 --reason 补录
# 七百五十余人的总册 | the main roster, some 750 people
rencai roster import volume.csv --date 2020-07-03 --actor 孟示文 --reason 补录
# 录错的可以撤销，日志两条都留 | a slip is taken back; the log keeps both
rencai org add --name 示例录错单位 --kind firm --date 2020-07-03 --actor 孟示文 --reason 补录
rencai undo 23 --date 2020-07-03 --actor 孟示文 --reason 录错

## 任务分工：谁牵头、分管领导、季度计划 | Who answers for the plan's tasks
rencai leader add 白示远 --rank 1 --title 党工委书记 --decision 示例人才〔2020〕2号 --date 2020-07-06 --actor 孟示文 --reason 补录
rencai leader add 云示川 --rank 2 --title 管委会主任 --decision 示例人才〔2020〕2号 --date 2020-07-06 --actor 孟示文 --reason 补录
rencai org add --name 示例组织人事部 --kind government --date 2020-07-06 --actor 孟示文 --reason 补录
rencai org add --name 示例科技创新局 --kind government --date 2020-07-06 --actor 孟示文 --reason 补录
# 领军人才队伍：人数以登记为准，不靠填报 | leading talent: the register counts, nobody reports
rencai task assign 4.2.2 --lead 示例组织人事部 --support 示例科技创新局 --leader 白示远 --due 2020-12-31 --decision 示例人才〔2020〕2号 --date 2020-07-06 --actor 孟示文 --reason 补录
rencai task milestone 4.2.2 --quarter 2020Q3 --planned 47 --quarter 2020Q4 --planned 50 --date 2020-07-06 --actor 孟示文 --reason 补录
# 联系专家制度：由牵头单位报进展 | leaders and experts: the lead unit reports
rencai task assign 5.1.3 --lead 示例组织人事部 --leader 云示川 --measure 已结对专家数 --due 2020-12-31 --decision 示例人才〔2020〕2号 --date 2020-07-06 --actor 孟示文 --reason 补录
rencai task milestone 5.1.3 --quarter 2020Q3 --planned 2 --quarter 2020Q4 --planned 4 --date 2020-07-06 --actor 孟示文 --reason 补录
# 一项任务只有一个牵头单位 | a second lead unit is refused
rencai task assign 5.1.3 --lead 示例科技创新局 --date 2020-07-06 --actor 孟示文 --reason 补录 # exit 5
# 项目引才：人随项目来 | people come by projects
rencai project add --line 4.1.2.1 --name 示例大数据产业园 --org 示例盛乐大数据有限公司 --from-date 2018-06-01 --date 2020-07-06 --actor 孟示文 --reason 补录
rencai talent add --name 冀示新 --id-number 150102199003152176 --corps innovator --employer 示例盛乐大数据有限公司 --project 示例大数据产业园 --mode rigid --start-date 2020-07-06 --contract-end 2023-07-05 --education master --degree master --phone 13800000021 --date 2020-07-07 --actor 孟示文 --reason 补录
rencai team add --name 示例数据智能团队 --leader P0000059 --core P000004B --date 2020-07-07 --actor 孟示文 --reason 补录

## 认定发卡：九人已由文件认定，一人正在公示 | Recognitions and service cards
rencai decision add --document-no 示例人才〔2020〕3号 --body 示例新区人才工作领导小组 --day 2020-07-10 --title 认定高层次人才 --persons 9 --file papers/decision-3.txt --date 2020-07-10 --actor 孟示文 --reason 补录
rencai file add papers/application.txt --to P000010F --as application --date 2020-07-10 --actor 孟示文 --reason 补录
rencai recognition grant P000010F --class A --decision 示例人才〔2020〕3号 --date 2020-07-10 --actor 孟示文 --reason 补录
rencai recognition grant P000002F P0000059 P000012B --class B --decision 示例人才〔2020〕3号 --date 2020-07-10 --actor 孟示文 --reason 补录
rencai recognition grant P000004B P0000147 P000776Q --class C --decision 示例人才〔2020〕3号 --date 2020-07-10 --actor 孟示文 --reason 补录
rencai recognition grant P0000067 P0000075 --class D --decision 示例人才〔2020〕3号 --date 2020-07-10 --actor 孟示文 --reason 补录
# 文件载明九人，第十人不能据以认定 | the paper states nine persons: a tenth is refused
rencai recognition grant P0000083 --class C --decision 示例人才〔2020〕3号 --date 2020-07-10 --actor 孟示文 --reason 补录 # exit 3
# 另一人走完整程序：受理、初审、联审、审定、公示 | another goes the long way, up to the public notice
rencai recognition open P0000139 --class B --file papers/application.txt --date 2020-07-10 --actor 孟示文 --reason 补录
rencai recognition advance R0005420 --to first_review --date 2020-07-13 --actor 沈示华 --reason 补录
rencai recognition advance R0005420 --to joint_review --date 2020-07-15 --actor 沈示华 --reason 补录
rencai decision add --document-no 示例人才〔2020〕4号 --body 示例新区人才工作领导小组 --day 2020-07-17 --title 认定高层次人才（第二批） --persons 1 --file papers/decision-4.txt --date 2020-07-17 --actor 孟示文 --reason 补录
rencai recognition advance R0005420 --to decided --decision 示例人才〔2020〕4号 --date 2020-07-17 --actor 傅示平 --reason 补录
rencai recognition advance R0005420 --to public_notice --place 示例新区管委会公示栏 --date 2020-07-20 --actor 孟示文 --reason 补录
# 公示期同时按实际录入时间计算，补录不能缩短 | the notice runs by the clock too: dating back does not shorten it
rencai recognition advance R0005420 --to in_force --date 2020-07-30 --actor 傅示平 --reason 补录 # exit 3
# 等级随类别，有效期取最早者；仅据名册的类别不能发卡 | cards follow the class; a class that only a roster says opens nothing
rencai card issue P000002F P000004B P0000059 P0000067 P0000075 P000010F P000012B P0000147 P000776Q --date 2020-07-15 --actor 孟示文 --reason 补录 --yes
rencai card issue P0000083 --date 2020-07-15 --actor 孟示文 --reason 补录 # exit 3
# 配偶领副卡；卡片按实际尺寸排印，二维码带签名 | a spouse's card; cards in their real size, each with a signed code
rencai talent add --kind related --name 许示伴 --id-number 150103198407112316 --date 2020-07-15 --actor 孟示文 --reason 补录
rencai talent relate P000012B --to P000777O --kind spouse --date 2020-07-15 --actor 孟示文 --reason 补录
rencai card attach C0000074 --person P000777O --date 2020-07-15 --actor 孟示文 --reason 补录
rencai card print --where status=valid --out out/cards.html --date 2020-07-15 --actor 孟示文 --reason 补录

## 服务事项：转办、补正、办结、评价 | Services: handled, paused for papers, done in time
# 代办出入境证件；补照片期间不计时 | exit-entry papers: the clock stops while a photograph is missing
rencai case open --type exit_entry --person P000010F --paper application:papers/application.txt --paper id_document:papers/application.txt --consent papers/consent.txt --officer 孟示文 --date 2020-07-20 --actor 孟示文 --reason 补录
rencai case forward K000001S --to 公安出入境窗口 --date 2020-07-21 --actor 孟示文 --reason 补录
rencai case pause K000001S --missing photo --date 2020-07-22 --actor 孟示文 --reason 补录
rencai letter case_papers K000001S --out out/case-papers.html --date 2020-07-22 --actor 孟示文 --reason 补录
rencai case resume K000001S --paper photo:papers/application.txt --date 2020-07-27 --actor 孟示文 --reason 补录
rencai case done K000001S --result 居留证件已办妥 --date 2020-08-04 --actor 孟示文 --reason 补录
rencai case rate K000001S 5 --date 2020-08-05 --actor 孟示文 --reason 补录
# 子女入学：一至九年级 | schooling of a child, grades 1 to 9
rencai talent add --kind related --name 许示小 --id-number 150102201205012286 --date 2020-07-20 --actor 孟示文 --reason 补录
rencai talent relate P000012B --to P000778M --kind child --date 2020-07-20 --actor 孟示文 --reason 补录
rencai case open --type schooling --person P000012B --child P000778M --grade 2 --paper application:papers/application.txt --paper household_book:papers/application.txt --paper residence_proof:papers/application.txt --consent papers/consent.txt --officer 孟示文 --date 2020-07-22 --actor 孟示文 --reason 补录
rencai case done K000002Q --result 已安排入学 --date 2020-07-31 --actor 孟示文 --reason 补录
# 没有有效服务卡，不能代办户口 | no valid card, no agency
rencai case open --type household --person P0000083 --date 2020-07-22 --actor 孟示文 --reason 补录 # exit 3
# 定点优惠：凭卡使用 | a discount for card holders
rencai point add --name 示例人才驿站 --kind 食堂 --address 示例新区1号 --date 2020-07-22 --actor 孟示文 --reason 补录
rencai offer add --point PT0000017 --name 工作日午餐 --discount 八折 --attached --until 2021-06-30 --date 2020-07-22 --actor 孟示文 --reason 补录
rencai offer use --card C0000074 --offer O000001Y --date 2020-07-23 --actor 孟示文 --reason 补录

## 资金待遇：先有资金，再批准，再拨付，银行回单为准 | Money: appropriated, approved, paid, confirmed by the bank
rencai fund open 人才发展引导资金 --year 2020 --date 2020-07-08 --actor 贾示安 --reason 补录
rencai fund appropriate FD000001R --source state --amount 2000000 --decision 示例财〔2020〕1号 --date 2020-07-08 --actor 贾示安 --reason 补录
rencai fund appropriate FD000001R --source firm --amount 300000 --purpose training --decision 示例财〔2020〕1号 --date 2020-07-08 --actor 贾示安 --reason 补录
rencai fund appropriate FD000001R --source donation --amount 200000 --earmark 创新创业功勋奖励 --decision 示例财〔2020〕1号 --date 2020-07-08 --actor 贾示安 --reason 补录
# 文件载明 250 万元，多一元也不行 | the paper states 2.5 million: not one yuan more
rencai fund appropriate FD000001R --source state --amount 1 --decision 示例财〔2020〕1号 --date 2020-07-08 --actor 贾示安 --reason 补录 # exit 3
# 安家补贴按文件录入：当年部分预留资金，以后年度列为承诺 | granted on paper: this year's part reserved, later years' committed
rencai decision add --document-no 示例人才〔2020〕5号 --body 示例新区人才工作领导小组 --day 2020-07-24 --title 安家补贴 --persons 3 --limit 2200000 --file papers/decision-5.txt --date 2020-07-24 --actor 孟示文 --reason 补录
rencai subsidy grant P0000059 P0000075 P000010F --scheme settlement --decision 示例人才〔2020〕5号 --date 2020-07-24 --actor 孟示文 --reason 补录 --yes
# 不符合条件的，逐条说明 | who does not meet a clause is refused with it
rencai subsidy grant P000002F --scheme settlement --decision 示例人才〔2020〕5号 --date 2020-07-24 --actor 孟示文 --reason 补录 # exit 3
# 租房补贴走完整程序：申请、单位审核、受理、联审、公示 | rent goes the long way, up to the masked public notice
rencai subsidy apply P000776Q --scheme rent --paper application:papers/application.txt --date 2020-07-27 --actor 孟示文 --reason 补录
rencai subsidy review S000004Y --stage employer --date 2020-07-28 --actor 孟示文 --reason 补录
rencai subsidy review S000004Y --stage accept --date 2020-07-29 --actor 孟示文 --reason 补录
rencai subsidy review S000004Y --stage joint --date 2020-07-31 --actor 沈示华 --reason 补录
rencai subsidy publicise S000004Y --place 示例新区管委会公示栏 --date 2020-08-03 --actor 孟示文 --reason 补录
rencai subsidy notice --out out/notice.html --date 2020-08-03 --actor 孟示文 --reason 补录
# 周转房：一人一套 | a turnover flat, one a person
rencai housing add --address 示例人才公寓1号楼101室 --price 1200 --date 2020-07-27 --actor 孟示文 --reason 补录
rencai lease add --unit HU0000013 --person P0000067 --until 2021-07-31 --date 2020-08-01 --actor 孟示文 --reason 补录
# 录入人不能付款；出纳制批次和银行文件，账号只留末四位 | who entered a grant can't pay it; the cashier makes batch and bank file
rencai subsidy pay --due --accounts accounts.csv --out out/bank-1.csv --yes --date 2020-08-05 --actor 孟示文 --reason 补录 # exit 77
rencai subsidy pay --due --accounts accounts.csv --out out/bank-1.csv --yes --date 2020-08-05 --actor 贾示安 --reason 补录
# 银行回单：两笔成功，一笔退回重新待付；台账与银行余额相符 | two paid, one came back and is due again; ledger and bank agree
rencai subsidy confirm bank-return-1.csv --date 2020-08-07 --actor 贾示安 --reason 补录
rencai fund assert FD000001R --amount 1700000 --date 2020-08-10 --actor 贾示安 --reason 补录

## 靶向育才：大数据工程师培训班、港澳学生实践 | A training class, and students in practice
rencai programme add --kind training --name 示例大数据工程师培训班 --task 4.1.1.4 --from-date 2020-08-10 --until 2020-08-14 --org 示例数据科学研究院 --place 示例云谷 --hours 16 --cost 16000 --date 2020-07-27 --actor 孟示文 --reason 补录
rencai programme enrol PR0000014 --from class.csv --date 2020-08-03 --actor 孟示文 --reason 补录 --yes
rencai programme attend PR0000014 --all --on 2020-08-10 --hours 8 --date 2020-08-10 --actor 孟示文 --reason 补录 --yes
rencai programme attend PR0000014 --all --on 2020-08-14 --hours 8 --date 2020-08-14 --actor 孟示文 --reason 补录 --yes
rencai programme outcome PR0000014 P0000067 P000011D P0000155 P0000163 P0000219 P0000227 P0000235 --passed --date 2020-08-14 --actor 孟示文 --reason 补录 --yes
rencai programme outcome PR0000014 P0000243 --failed --date 2020-08-14 --actor 孟示文 --reason 补录
rencai programme close PR0000014 --date 2020-08-17 --actor 孟示文 --reason 补录
# 七人结业；补贴付给承办单位，学员不出钱 | seven passed; the school is paid, not the participants
rencai decision add --document-no 示例人才〔2020〕6号 --body 示例新区人才工作领导小组 --day 2020-08-20 --title 培训补贴 --persons 7 --limit 10500 --file papers/decision-6.txt --date 2020-08-20 --actor 孟示文 --reason 补录
rencai programme grant PR0000014 P0000067 P000011D P0000155 P0000163 P0000219 P0000227 P0000235 --amount 1500 --payee 示例数据科学研究院 --decision 示例人才〔2020〕6号 --date 2020-08-20 --actor 孟示文 --reason 补录 --yes
# 香港学生暑期实践；学生不计入人才指标 | a student from Hong Kong; students count in no target
rencai talent add --kind student --name 港示生 --id-type hm_permit --id-number H23456789 --birth-date 2000-05-04 --date 2020-07-27 --actor 孟示文 --reason 补录
rencai programme add --kind practice --name 示例港澳学生暑期实践 --from-date 2020-08-03 --until 2020-08-28 --org 示例盛乐大数据有限公司 --date 2020-07-27 --actor 孟示文 --reason 补录
rencai programme enrol PR0000022 P000779K --date 2020-07-31 --actor 孟示文 --reason 补录
rencai programme attend PR0000022 P000779K --on 2020-08-28 --date 2020-08-28 --actor 孟示文 --reason 补录

## 诚信管理：告知、申辩、决定、送达，到期自行移出 | An integrity case, with due process
rencai blacklist add P0000147 --ground card_lent --facts 将本人服务卡借给他人使用 --basis 示例人才〔2020〕1号 --file papers/evidence.txt --date 2020-08-17 --actor 孟示文 --reason 补录
rencai letter integrity_notice I000001P --out out/integrity-notice.html --date 2020-08-18 --actor 孟示文 --reason 补录
rencai blacklist notify I000001P --delivered 2020-08-19 --way in_person --file papers/receipt.txt --date 2020-08-19 --actor 孟示文 --reason 补录
rencai decision add --document-no 示例人才〔2020〕7号 --body 示例新区人才工作领导小组 --day 2020-08-27 --title 诚信事项处理 --persons 1 --file papers/decision-7.txt --date 2020-08-27 --actor 孟示文 --reason 补录
# 申辩期按实际录入时间也未满，不能作出决定 | nobody is listed while the time to reply runs, by the clock too
rencai blacklist decide I000001P --listed --grade mild --decision 示例人才〔2020〕7号 --effects new --date 2020-08-27 --actor 傅示平 --reason 补录 # exit 3
# 当事人书面表示不再陈述申辩 | the person says in writing that nothing more will be said
rencai blacklist reply I000001P --file papers/reply.txt --waive --date 2020-08-24 --actor 孟示文 --reason 补录
# 调查人不作决定 | who investigated does not decide
rencai blacklist decide I000001P --listed --grade mild --decision 示例人才〔2020〕7号 --effects new --date 2020-08-27 --actor 孟示文 --reason 补录 # exit 77
rencai blacklist decide I000001P --listed --grade mild --decision 示例人才〔2020〕7号 --effects new --date 2020-08-27 --actor 傅示平 --reason 补录
rencai blacklist deliver I000001P --delivered 2020-08-28 --file papers/receipt.txt --date 2020-08-28 --actor 孟示文 --reason 补录
# 管理期内不新办；已办的不受影响，到 11 月 28 日自行移出 | in force nothing new is decided; it ends by itself on 28 November
rencai recognition open P0000147 --class B --date 2020-09-02 --actor 孟示文 --reason 补录 # exit 3
# 拟推荐名单先行核查：确认一致与疑似分开，疑似不作依据 | a list is looked through: exact matches apart from likely ones
rencai blacklist screen proposed.csv --purpose 功勋推荐人选核查 --out out/screened.csv --date 2020-08-31 --actor 沈示华 --reason 补录 # exit 1

## 激励与专家：联系专家、申报、功勋、创新产品 | Experts, honours, an innovative product
rencai expert add P0000059 --field 大数据 --available 每月一次 --date 2020-07-20 --actor 孟示文 --reason 补录
rencai liaison add --leader 白示远 --expert P0000059 --date 2020-07-20 --actor 孟示文 --reason 补录
rencai liaison contact --expert P0000059 --on 2020-09-16 --note 走访实验室，了解团队建设 --date 2020-09-16 --actor 孟示文 --reason 补录
# 协助本土人才申报自治区荣誉 | help for local talent with an honour of the region
rencai honour nominate P0000067 --outside 示例草原工匠 --level region --paper application:papers/application.txt --date 2020-08-03 --actor 孟示文 --reason 补录
rencai honour advance H0000015 --to sent --date 2020-08-10 --actor 孟示文 --reason 补录
rencai honour advance H0000015 --to shortlisted --date 2020-09-21 --actor 孟示文 --reason 补录
# 新区功勋：一人正在公示，一人已授予，荣誉、奖励和专家席位同时产生 | the zone's honour: one stands in public; one is awarded, with reward and seat
rencai honour nominate P000004B --date 2020-09-01 --actor 孟示文 --reason 补录
rencai honour advance H0000023 --to reviewed --date 2020-09-11 --actor 沈示华 --reason 补录
rencai honour advance H0000023 --to publicised --place 示例新区管委会公示栏 --date 2020-09-14 --actor 孟示文 --reason 补录
rencai decision add --document-no 示例人才〔2020〕8号 --body 示例新区人才工作领导小组 --day 2020-09-10 --title 授予创新创业功勋 --persons 1 --limit 200000 --file papers/decision-8.txt --date 2020-09-10 --actor 孟示文 --reason 补录
rencai honour award P000012B --decision 示例人才〔2020〕8号 --field 数字金融 --date 2020-09-10 --actor 傅示平 --reason 补录
rencai honour print H0000031 --out out/certificate.html --date 2020-09-10 --actor 孟示文 --reason 补录
rencai liaison add --leader 云示川 --expert P000012B --date 2020-09-14 --actor 孟示文 --reason 补录
# 牵头单位报进展，另一人批准 | the lead unit reports, another person approves
rencai task progress 5.1.3 --value 2 --text 领导小组成员已与两名专家结对 --file papers/progress.txt --date 2020-09-15 --actor 孟示文 --reason 补录
rencai task progress 5.1.3 --approve 1 --date 2020-09-15 --actor 孟示文 --reason 补录 # exit 77
rencai task progress 5.1.3 --approve 1 --date 2020-09-16 --actor 沈示华 --reason 补录
# 创新产品：知识产权评议后由新区推荐，目录由财政部门审定 | the zone recommends; the catalogue is the finance bureau's
rencai product add --name 示例边缘网关 --holder P000010F --org 示例大青山新能源有限公司 --date 2020-08-10 --actor 孟示文 --reason 补录
rencai case open --type ip_review --person P000010F --paper results:papers/application.txt --officer 孟示文 --date 2020-08-11 --actor 孟示文 --reason 补录
rencai case done K000003O --result 未发现侵权风险 --date 2020-09-04 --actor 孟示文 --reason 补录
rencai product advance X000001T --to ip_reviewed --case K000003O --date 2020-09-07 --actor 沈示华 --reason 补录
rencai product advance X000001T --to recommended --date 2020-09-18 --actor 傅示平 --reason 补录
rencai letter product_recommended X000001T --out out/product.html --date 2020-09-18 --actor 孟示文 --reason 补录

## 季末摸底：报送、催报、离岗 | The survey at the quarter's end
rencai platform stage 金融小镇 operating --since 2020-09-08 --date 2020-09-08 --actor 孟示文 --reason 补录
# 请三家单位报送第三季度新到岗人员：两家按时，一家逾期催报 | three units owe their arrivals: two are in time, the third gets a letter
rencai collect open --kind talent --due 2020-09-25 --unit 示例金桥大数据有限公司 --unit 示例昭君智能装备有限公司 --unit 示例白塔大数据有限公司 --date 2020-09-09 --actor 孟示文 --reason 补录
rencai roster import q3-jinqiao.csv --unit 示例金桥大数据有限公司 --date 2020-09-22 --actor 孟示文 --reason 补录
rencai roster import q3-zhaojun.csv --unit 示例昭君智能装备有限公司 --date 2020-09-24 --actor 孟示文 --reason 补录
rencai collect remind --out out/letters --date 2020-09-28 --actor 孟示文 --reason 补录
# 其余单位的新到岗人员 | arrivals of the other units
rencai roster import q3-others.csv --date 2020-09-28 --actor 孟示文 --reason 补录
# 离岗：列明对卡和待遇的影响 | a leave, with what it does to the card
rencai talent leave P000002F --why resigned --to 示例区外高校 --date 2020-09-21 --actor 孟示文 --reason 补录
# 培训补贴已送银行，待回单；一件事项在办 | the class's money is at the bank; one case is still open
rencai subsidy pay S000005W S000006U S000007S S000008Q S000009O S0000101 S0000110 --accounts accounts.csv --out out/bank-2.csv --yes --date 2020-09-22 --actor 贾示安 --reason 补录
rencai case open --type housing_fund --person P0000075 --paper application:papers/application.txt --consent papers/consent.txt --officer 孟示文 --date 2020-09-28 --actor 孟示文 --reason 补录

## 季报：签发前核对、固定、复算 | The quarter's report: checked, frozen, reckoned again
rencai status --as-of 2020-09-30
rencai target report --as-of 2020-09-30
# 有一家单位未报送，有一项增幅较大：提示，不是错误 | a unit is silent, a figure jumped: questions, no errors
rencai report check 2020Q3 --as-of 2020-10-09 # exit 1
rencai report quarter 2020Q3 --freeze --out out/2020Q3.html --out out/2020Q3.xlsx --date 2020-10-09 --actor 孟示文 --reason 补录
rencai task sheet --unit 示例组织人事部 --year 2020 --out out/task-sheet.html --date 2020-10-09 --actor 孟示文 --reason 补录
rencai report verify --all
# 体检、备份 | an examination, and a proved copy
rencai doctor
rencai backup out/office-backup.db
# 日志末端哈希另存他处，可证明此前各条未被改动 | the head of the chained log, kept elsewhere, proves what came before
rencai audit anchor --out out/anchor.txt
rencai audit verify --anchor out/anchor.txt
