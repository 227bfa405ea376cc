"""
Groups of artifacts whose jars carry no ``pom.properties`` and no group in the manifest.

Gradle and Ant builds leave a jar with its file name and perhaps a title. For the widely
used ones the group is known: facts from the artifacts' pages on Maven Central. A name
alone proves nothing (anyone may call a jar ``spring-web``), so an entry holds only for a
jar whose central directory also shows the classes that belong to the group.
"""

from __future__ import annotations

import re


_TABLE = (
    (
        "org.springframework",
        "org/springframework/",
        (
            "spring-aop spring-aspects spring-beans spring-context spring-context-indexer"
            " spring-context-support spring-core spring-expression spring-instrument spring-jcl"
            " spring-jdbc spring-jms spring-messaging spring-orm spring-oxm spring-r2dbc"
            " spring-test spring-tx spring-web spring-webflux spring-webmvc"
            " spring-webmvc-portlet spring-websocket"
        ),
    ),
    (
        "org.springframework.boot",
        "org/springframework/boot/",
        (
            "spring-boot spring-boot-actuator spring-boot-actuator-autoconfigure"
            " spring-boot-autoconfigure spring-boot-devtools spring-boot-loader"
            " spring-boot-jarmode-layertools spring-boot-properties-migrator"
        ),
    ),
    (
        "org.springframework.security",
        "org/springframework/security/",
        (
            "spring-security-acl spring-security-aspects spring-security-cas"
            " spring-security-config spring-security-core spring-security-crypto"
            " spring-security-data spring-security-ldap spring-security-messaging"
            " spring-security-oauth2-client spring-security-oauth2-core"
            " spring-security-oauth2-jose spring-security-oauth2-resource-server"
            " spring-security-openid spring-security-remoting spring-security-rsocket"
            " spring-security-saml2-service-provider spring-security-taglibs"
            " spring-security-test spring-security-web"
        ),
    ),
    (
        "org.springframework.session",
        "org/springframework/session/",
        "spring-session-core spring-session-data-redis spring-session-jdbc",
    ),
    (
        "org.springframework.integration",
        "org/springframework/integration/",
        "spring-integration-core spring-integration-http spring-integration-zip",
    ),
    ("org.springframework.ws", "org/springframework/ws/", "spring-ws-core"),
    (
        "org.springframework.amqp",
        "org/springframework/amqp/",
        "spring-amqp spring-rabbit",
    ),
    ("org.springframework.kafka", "org/springframework/kafka/", "spring-kafka"),
    (
        "org.apache.tomcat",
        "org/apache/",
        (
            "tomcat-annotations-api tomcat-api tomcat-catalina tomcat-catalina-ant"
            " tomcat-catalina-ha tomcat-coyote tomcat-dbcp tomcat-el-api tomcat-jasper"
            " tomcat-jasper-el tomcat-jaspic-api tomcat-jdbc tomcat-jni tomcat-jsp-api"
            " tomcat-juli tomcat-servlet-api tomcat-storeconfig tomcat-tribes tomcat-util"
            " tomcat-util-scan tomcat-websocket tomcat-websocket-api"
        ),
    ),
    (
        "org.apache.tomcat.embed",
        "org/apache/",
        "tomcat-embed-core tomcat-embed-el tomcat-embed-jasper tomcat-embed-websocket",
    ),
    (
        "org.jetbrains.kotlin",
        "kotlin/",
        "kotlin-stdlib kotlin-stdlib-common kotlin-stdlib-jdk7 kotlin-stdlib-jdk8 kotlin-reflect",
    ),
    ("com.squareup.okhttp3", "okhttp3/", "okhttp okhttp-jvm logging-interceptor"),
    ("com.squareup.okio", "okio/", "okio okio-jvm"),
    ("com.squareup.retrofit2", "retrofit2/", "retrofit"),
    ("io.reactivex", "rx/", "rxjava"),
    ("io.reactivex.rxjava2", "io/reactivex/", "rxjava"),
    ("io.projectreactor", "reactor/", "reactor-core"),
    (
        "io.projectreactor.netty",
        "reactor/netty/",
        "reactor-netty reactor-netty-core reactor-netty-http",
    ),
    ("org.hibernate", "org/hibernate/", "hibernate-core hibernate-entitymanager"),
    (
        "org.codehaus.groovy",
        "groovy/",
        "groovy groovy-all groovy-json groovy-sql groovy-templates groovy-xml",
    ),
    (
        "org.scala-lang",
        "scala/",
        "scala-library scala-reflect scala-compiler scala-actors",
    ),
    (
        "org.bouncycastle",
        "org/bouncycastle/",
        (
            "bcprov-jdk14 bcprov-jdk15on bcprov-jdk15to18 bcprov-jdk16 bcprov-jdk18on"
            " bcprov-ext-jdk15on bcpkix-jdk15on bcpkix-jdk15to18 bcpkix-jdk18on"
            " bcmail-jdk15on bcmail-jdk18on bctls-jdk15on bctls-jdk18on bcutil-jdk15on"
            " bcutil-jdk18on bcpg-jdk15on bcpg-jdk18on bc-fips"
        ),
    ),
    ("commons-httpclient", "org/apache/commons/httpclient/", "commons-httpclient"),
    ("commons-collections", "org/apache/commons/collections/", "commons-collections"),
    ("commons-logging", "org/apache/commons/logging/", "commons-logging"),
    ("commons-lang", "org/apache/commons/lang/", "commons-lang"),
    ("commons-fileupload", "org/apache/commons/fileupload/", "commons-fileupload"),
    ("commons-beanutils", "org/apache/commons/beanutils/", "commons-beanutils"),
    ("commons-codec", "org/apache/commons/codec/", "commons-codec"),
    ("commons-io", "org/apache/commons/io/", "commons-io"),
    ("commons-net", "org/apache/commons/net/", "commons-net"),
    ("commons-dbcp", "org/apache/commons/dbcp/", "commons-dbcp"),
    ("commons-pool", "org/apache/commons/pool/", "commons-pool"),
    ("commons-digester", "org/apache/commons/digester/", "commons-digester"),
    ("commons-jxpath", "org/apache/commons/jxpath/", "commons-jxpath"),
    (
        "commons-configuration",
        "org/apache/commons/configuration/",
        "commons-configuration",
    ),
    (
        "org.ow2.asm",
        "org/objectweb/asm/",
        "asm asm-all asm-analysis asm-commons asm-tree asm-util asm-xml",
    ),
    ("log4j", "org/apache/log4j/", "log4j"),
    ("org.apache.ant", "org/apache/tools/ant/", "ant"),
    ("org.apache.ivy", "org/apache/ivy/", "ivy"),
    ("org.apache.derby", "org/apache/derby/", "derby derbyclient derbynet derbytools"),
    ("org.apache.thrift", "org/apache/thrift/", "libthrift"),
    ("org.apache.thrift", "com/facebook/fb303/", "libfb303"),
    ("org.apache.zookeeper", "org/apache/zookeeper/", "zookeeper"),
    ("org.lz4", "net/jpountz/", "lz4-java"),
    ("net.sourceforge.f2j", "org/netlib/", "arpack_combined_all"),
    ("com.chuusai", "shapeless/", "shapeless_2.11 shapeless_2.12 shapeless_2.13"),
    ("org.apache.velocity", "org/apache/velocity/", "velocity"),
    ("velocity", "org/apache/velocity/", "velocity-dep"),
    ("oro", "org/apache/oro/", "oro"),
    ("xalan", "org/apache/", "xalan serializer"),
    ("xerces", "org/apache/xerces/", "xercesImpl"),
    ("axis", "org/apache/axis/", "axis"),
    ("struts", "org/apache/struts/", "struts"),
    ("dom4j", "org/dom4j/", "dom4j"),
    ("org.jdom", "org/jdom/", "jdom"),
    ("jaxen", "org/jaxen/", "jaxen"),
    ("junit", "org/junit/", "junit"),
    ("cglib", "net/sf/cglib/", "cglib cglib-nodep"),
    ("mysql", "com/mysql/", "mysql-connector-java"),
    ("com.mysql", "com/mysql/", "mysql-connector-j"),
    ("org.postgresql", "org/postgresql/", "postgresql"),
    ("com.microsoft.sqlserver", "com/microsoft/sqlserver/", "mssql-jdbc"),
    ("com.h2database", "org/h2/", "h2"),
    ("org.hsqldb", "org/hsqldb/", "hsqldb"),
    ("org.mongodb", "org/bson/", "bson mongo-java-driver"),
    ("org.mongodb", "com/mongodb/", "mongodb-driver-core mongodb-driver-sync"),
    ("com.google.code.gson", "com/google/gson/", "gson"),
    ("com.google.code.findbugs", "javax/annotation/", "jsr305"),
    ("com.google.inject", "com/google/inject/", "guice"),
    ("com.google.inject.extensions", "com/google/inject/", "guice-servlet"),
    (
        "org.codehaus.jackson",
        "org/codehaus/jackson/",
        "jackson-core-asl jackson-mapper-asl jackson-jaxrs jackson-xc",
    ),
    ("javax.servlet", "javax/servlet/", "servlet-api javax.servlet-api jstl"),
    ("javax.servlet.jsp", "javax/servlet/jsp/", "jsp-api"),
    ("javax.inject", "javax/inject/", "javax.inject"),
    ("javax.jdo", "javax/jdo/", "jdo-api"),
    ("javax.transaction", "javax/transaction/", "jta transaction-api"),
    ("javax.activation", "javax/activation/", "activation"),
    ("javax.mail", "javax/mail/", "mail"),
    ("aopalliance", "org/aopalliance/", "aopalliance"),
    ("dk.brics.automaton", "dk/brics/automaton/", "automaton"),
    ("org.roaringbitmap", "org/roaringbitmap/", "RoaringBitmap"),
    ("xpp3", "org/xmlpull/", "xpp3 xpp3_min"),
)
_TOMCAT = {
    "catalina": "tomcat-catalina",
    "catalina-ant": "tomcat-catalina-ant",
    "catalina-ha": "tomcat-catalina-ha",
    "catalina-storeconfig": "tomcat-storeconfig",
    "catalina-tribes": "tomcat-tribes",
    "jasper": "tomcat-jasper",
    "jasper-el": "tomcat-jasper-el",
}

_DEBIAN_TOMCAT = re.compile(r"^tomcat\d+-(?=[a-z])").sub

_GROUPS: dict[str, list[tuple[str, bytes]]] = {}
for _group, _classes, _artifacts in _TABLE:
    for _artifact in _artifacts.split():
        _GROUPS.setdefault(_artifact, []).append((_group, _classes.encode()))


def known_group(artifact: str, directory: bytes) -> str:
    """
    The group of a well-known artifact; empty where its classes are not in the jar.

    ``directory`` is the jar's raw central directory.
    """
    for group, classes in _GROUPS.get(artifact, ()):
        if classes in directory:
            return group
    return ""


def usual_artifact(artifact: str, title: str, directory: bytes) -> str:
    """
    The well-known artifact that a jar is under a name of its distributor's, else ``artifact``.

    Tomcat ships ``catalina.jar``; Debian prefixes and suffixes the major version, as in
    ``tomcat10-catalina`` and ``log4j-1.2``. ``title`` is ``Implementation-Title``.
    """
    if title == "Apache Tomcat" and artifact in _TOMCAT:
        return _TOMCAT[artifact]
    for usual in (_DEBIAN_TOMCAT(r"tomcat-", artifact), title):
        if usual != artifact and known_group(usual, directory):
            return artifact if known_group(artifact, directory) else usual
    return artifact
