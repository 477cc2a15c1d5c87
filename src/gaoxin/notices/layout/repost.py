"""Lines that are not the notice's: what a website, a public account or a printing office put around it."""

from __future__ import annotations

import re
from typing import Literal

# At the very beginning or end anything of this kind is an addition; in the middle only a line that is nothing else.
_STRONG = re.compile(
    r"""
    .*(?:点击(?:左下角|上方|下方|阅读|蓝字|这里|图片|查看)|阅读原文|长按(?:识别|扫码)?.{0,6}(?:二维码|关注)|扫一扫|扫码|二维码|
        关注我们|欢迎关注|转载请注明|未经授权|请勿转载|图文.{0,12}(?:整理|来源)|(?:版权|著作权)所有|责任编辑[:]|原标题[:]|
        ICP备|网安备|打印本页|关闭窗口|返回顶部|上一篇|下一篇|分享到|字体[:]|字号[:]|浏览次数|阅读次数|访问次数|点击数|
        更多精彩|往期推荐|推荐阅读|觉得不错|点赞|在看|星标|相关链接|相关附件|政策解读链接|网站地图|无障碍|长者模式|适老).*
    | \(?(?:图片|图源|供图|插图|视频|音频)[^。]{0,20}\)?
    | (?:全文|具体内容|通知全文|原文)(?:内容)?(?:如下|↓+)?[:]?
    | [↓▼▲★☆◎▽]+.{0,20}
    | (?:(?:返回|首页|打印|收藏|分享|关闭|复制|导航|纠错|下载)[\ |]*)+
    | (?:您(?:的)?|当前|所在)(?:现在的|的|所在)?位置.*
    | 首页\ ?[>»/-].*
    """,
    re.VERBOSE,
)
_AT_THE_EDGE = re.compile(
    r"""
    \*?(?:来源|稿源|信息来源|文章来源|消息来源|供稿|撰稿|编辑|责编|审核|校对|监制|作者|记者|发布者|发布人|主办|承办单位|联系电话|电话|地址|邮编|邮箱|
        热线|咨询电话|微信号|公众号|网址|声明|免责声明|提示|温馨提示)[:].*
    | .*(?:综合整理|整理自|转自|摘自|来源于网络|仅供参考|以正式文件为准).*
    | \*.*
    | (?:时间|日期|发布时间|发布日期|更新时间)[:].*
    | (?:相关|热门|最新)(?:文章|推荐|资讯|新闻|政策|阅读).*
    | 近日,.{2,60}(?:印发|发布|出台).*详情如下[:。]?
    """,
    re.VERBOSE,
)
_KEY_WORDS = """
    索引号 主题分类 主题词 发布机构 发文机关 发文机构 发文单位 发布单位 发布部门 制定机关 文号 发文字号 发布文号
    发文文号 文件编号 成文日期 发文日期 生成日期 发布日期 发布时间 公开日期 公布日期 施行日期 实施日期 生效日期
    失效日期 废止日期 时效性 有效性 效力 信息分类 体裁分类 公开方式 公开范围 公开时限 公开属性 公开类别 名称 标题
    发文标题 关键词 主题 信息类别 统一编号 登记号 备案号 组配分类
"""
_KEYS = frozenset(_KEY_WORDS.split())
_FIELD = re.compile(r"\|? ?(?P<key>(?:[\u4e00-\u9fff] ?){2,6})[:|\t][:|\t ]*(?P<value>.*)")
_IMPRINT = re.compile(
    r"""
    \(?此件.{0,8}(?:公开|发至).{0,12}\)?
    | 抄送[:].*
    | 主题词[:].*
    | [^。,]{2,40}(?:办公厅|办公室|委员会|局)\ ?(?:秘书处|文电处)?\ ?[0-9〇一二三四五六七八九]{4}年[^日]{2,6}日印(?:发)?
    | (?:信息)?公开(?:属性|类别|方式)[:].*
    | 共印[0-9]+份.*
    | [A-Z]{2,8}[0-9]{0,2}-[0-9]{4}-[0-9]{3,6}
    | -?\ ?[0-9]{1,3}\ ?-
    | 第\ ?[0-9]{1,3}\ ?页.{0,12}
    """,
    re.VERBOSE,
)


def addition(text: str, *, edge: bool) -> Literal["repost", "metadata", "imprint"] | None:
    """What the folded paragraph is, when it is not the notice's own.

    ``edge``: whether it stands before the first or after the last clause, where more is an addition.

    >>> addition("点击左下角,阅读原文。", edge=True), addition("(此件公开发布)", edge=True)
    ('repost', 'imprint')
    >>> addition("来源:上海市人民政府", edge=False), addition("发文字号:云府发(2023)1号", edge=True)
    (None, 'metadata')
    """
    if len(text) > 400:
        return None
    if _IMPRINT.fullmatch(text):
        return "imprint"
    if edge and metadata(text):
        return "metadata"
    if len(text) <= 120 and _STRONG.fullmatch(text):
        return "repost"
    if edge and len(text) <= 120 and _AT_THE_EDGE.fullmatch(text):
        return "repost"
    return None


def metadata(text: str) -> tuple[str, str, int] | None:
    """Key and value of a line of metadata, and where the value begins; None for other lines.

    >>> metadata("文 号:云府发(2023)1号"), metadata("现通知如下:一")
    (('文号', '云府发(2023)1号', 4), None)
    """
    match = _FIELD.fullmatch(text)
    key = match["key"].replace(" ", "") if match else ""
    if match is None or key not in _KEYS:
        return None
    return key, match["value"].strip(" |"), match.start("value")
